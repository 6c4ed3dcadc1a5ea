"""Does once, before any fork, what would otherwise cost every child the same time: cascades, codecs, colour tables.

Importing this module does it; pixels are our own.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from workers.media import features
from workers.media.image.colour import converter, srgb_profile
from workers.media.probe import watermark
from workers.media.probe.previews import PREVIEW_SIDE, THUMB_SIDE

_GRADIENT = Image.fromarray(np.arange(128 * 128 * 3, dtype=np.uint32).reshape(128, 128, 3).astype(np.uint8))

features.describe(_GRADIENT)
converter("RGB", srgb_profile())(_GRADIENT)
for _kind in ("JPEG", "PNG", "WEBP"):
    _file = io.BytesIO()
    _GRADIENT.save(_file, _kind)
    Image.open(_file, formats=[_kind]).load()
watermark.mark(Image.new("RGB", (PREVIEW_SIDE, 1)))
watermark.mark(Image.new("RGB", (THUMB_SIDE, 1)))
