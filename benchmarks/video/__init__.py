"""Four placements of one clip: this hub beside ffmpeg and MoviePy, each making them one by one."""
