"""The media engine: measures and renders files that strangers sent.

Import from the modules: `shapes` holds the frozen records that go in and come out, `probe` measures an
untrusted file, `image` renders still pictures, `sandbox` runs either in a child process with limits.
Nothing is imported here so that a process which only needs the shapes stays small.
"""
