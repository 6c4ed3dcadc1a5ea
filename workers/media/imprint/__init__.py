"""The metadata block of a rendition: written fresh, and exchanged again when the file leaves the house.

Nothing here opens a picture or loads what does, so that a web process may stamp what it hands out.
"""

from workers.media.imprint.block import MAX_FIELD_CHARACTERS, block, rewrite, xmp

__all__ = ["MAX_FIELD_CHARACTERS", "block", "rewrite", "xmp"]
