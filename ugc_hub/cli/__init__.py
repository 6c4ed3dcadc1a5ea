"""The commands; `root` is the way in. Nothing is imported here, so that each part of it loads only what it needs."""
