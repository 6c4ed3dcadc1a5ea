"""Names the embedded colour profile and says whether it can be obeyed."""

from __future__ import annotations

import io

from PIL import ImageCms

_SPACES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}
_LONGEST_NAME = 200


def describe(profile: bytes | None, mode: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the profile's description (ICC.1:2022, 9.2.41) and warnings for pixels of `mode`.

    `icc_ignored` warns of a profile that cannot be read or is one of another colour space; the pixels are then
    taken as sRGB. A description is returned whenever it can be read.
    """
    if not profile:
        return None, ()
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(opened)
        fits = opened.profile.xcolor_space.strip() == _SPACES.get(mode)
    except (OSError, ImageCms.PyCMSError, ValueError, TypeError):
        return None, ("icc_ignored",)
    text = "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST_NAME]
    return text or None, () if fits else ("icc_ignored",)
