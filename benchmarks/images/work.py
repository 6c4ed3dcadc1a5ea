"""The nineteen outputs that every contender makes, and the settings that are equal for all."""

from __future__ import annotations

from dataclasses import dataclass

JPEG_QUALITY, WEBP_QUALITY, AVIF_QUALITY = 82, 80, 60
WEBP_METHOD = 4
"""Effort of libwebp, 0..6; thumbor has no setting for it and uses this one."""
AVIF_SPEED = 8
"""Speed of libaom, 0..9: 9 saves a third of the time and costs a tenth more bytes."""
SETTINGS = (
    f"JPEG q{JPEG_QUALITY} progressive, optimised, 4:2:0 | WebP q{WEBP_QUALITY} method {WEBP_METHOD} | "
    f"AVIF q{AVIF_QUALITY} libaom speed {AVIF_SPEED} 4:2:0 | Lanczos, centre crop"
)

_COVERS = (
    (320, 50), (728, 90), (970, 250), (300, 250), (300, 600),
    (1200, 628), (1200, 1200), (1080, 1080), (1080, 1350), (1080, 1920),
)  # fmt: skip
_EMAIL = (600, 1200)
_WEBP = (640, 828, 1080, 1920)
_AVIF = (640, 1080, 1920)


@dataclass(frozen=True)
class Output:
    """One file to make; the picture covers `width` x `height`, what is too much is cut off on both sides."""

    name: str
    format: str
    width: int
    height: int
    quality: int


def outputs(width: int, height: int) -> list[Output]:
    """Return the nineteen for a picture of that size: 10 cover and 2 e-mail JPEG, 4 WebP, 3 AVIF."""
    made = [Output(f"cover-{w}x{h}.jpg", "jpeg", w, h, JPEG_QUALITY) for w, h in _COVERS]
    for kind, widths, quality in (
        ("jpeg", _EMAIL, JPEG_QUALITY),
        ("webp", _WEBP, WEBP_QUALITY),
        ("avif", _AVIF, AVIF_QUALITY),
    ):
        ending = "jpg" if kind == "jpeg" else kind
        made += [Output(f"width-{w}.{ending}", kind, w, round(w * height / width), quality) for w in widths]
    return made
