"""The metadata block of a rendition: written fresh, and exchanged again when the file leaves the house.

Nothing here opens a picture or loads what does, so that a web process may stamp what it hands out.
"""

from workers.media.imprint.block import MAX_FIELD_CHARACTERS, FileFormat, block, rewrite, room, xmp
from workers.media.imprint.fitting import Ending, Extent, Fitted, ending, fitted

__all__ = [
    "MAX_FIELD_CHARACTERS",
    "Ending",
    "Extent",
    "FileFormat",
    "Fitted",
    "block",
    "ending",
    "fitted",
    "rewrite",
    "room",
    "xmp",
]
