"""Renditions of one photo, side by side with sharp, thumbor and plain Pillow: `python -m benchmarks.images`."""
