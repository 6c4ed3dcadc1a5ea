"""What a file says about itself: EXIF, IPTC-IIM, XMP, container texts and the presence of C2PA, from bytes alone.

Nothing here decodes pixels or trusts a length: reading goes through a budget, and damage costs a block, not the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from workers.media.metadata import bmff, gif, jpeg, png, webp
from workers.media.metadata.merge import embedded
from workers.media.metadata.source import Blocks, Broken, Source
from workers.media.shapes import Embedded

_BOXED = ("avif", "heic", "heif", "mp4", "mov", "m4v", "3gp")
_READERS: dict[str, Callable[[Source, Blocks], None]] = {
    "jpeg": jpeg.read,
    "png": png.read,
    "webp": webp.read,
    "gif": gif.read,
    **dict.fromkeys(_BOXED, bmff.read),
}


def read(path: Path, format: str, *, tags: Mapping[str, str] | None = None) -> tuple[Embedded, tuple[str, ...]]:  # noqa: A002
    """Return the claims of a file and warning codes of what was damaged, ignored or removed.

    `format` is a name of `MediaFacts.format` (an unknown one, and those without an own reader, yield only `tags`);
    `tags` are container texts as ffmpeg names them, in any case of letters, used where the bytes say nothing.
    At most 64 MiB are read. Raises only `OSError`; damaged parts become None and a warning: `exif_damaged`,
    `iptc_damaged`, `xmp_damaged`, `xmp_ignored` (too large), `xmp_doctype_removed`, `metadata_damaged` (the container
    breaks off), `metadata_ignored` (a block beyond the limits).
    """
    blocks = Blocks()
    reader = _READERS.get(format)
    if reader is not None:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            try:
                reader(Source(stream, size), blocks)
            except Broken:
                blocks.warn("metadata_damaged")
    for name, value in (tags or {}).items():
        blocks.add_tag(name.lower(), value)
    found = embedded(blocks)
    return found, tuple(blocks.warnings)
