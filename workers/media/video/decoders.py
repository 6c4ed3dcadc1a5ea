"""What a device needs to play a version: the level of H.264 (ITU-T H.264, table A-1) or H.265 (H.265, A.8 and A.9).

A device plays what does not pass its level. No platform of the catalogue publishes the one that it takes, so a version
is of the lowest that its size, its rate and its bits need: encoders that are not told write higher ones, for the sake
of a few more pictures to predict from.
"""

from __future__ import annotations

from workers.media.video.shapes import VideoPlan

_H264 = (
    (3.0, 1620, 40_500, 12_500),
    (3.1, 3600, 108_000, 17_500),
    (3.2, 5120, 216_000, 25_000),
    (4.0, 8192, 245_760, 25_000),
    (4.1, 8192, 245_760, 62_500),
    (4.2, 8704, 522_240, 62_500),
    (5.0, 22_080, 589_824, 168_750),
    (5.1, 36_864, 983_040, 300_000),
    (5.2, 36_864, 2_073_600, 300_000),
    (6.0, 139_264, 4_177_920, 300_000),
)
"""Level; blocks of 16 x 16 pixels in a picture and in a second; kbit/s of High, 4/5 of it below. Whatever plays videos
has the first."""
_HEVC = (
    (3.0, 552_960, 16_588_800, 6000),
    (3.1, 983_040, 33_177_600, 10_000),
    (4.0, 2_228_224, 66_846_720, 12_000),
    (4.1, 2_228_224, 133_693_440, 20_000),
    (5.0, 8_912_896, 267_386_880, 25_000),
    (5.1, 8_912_896, 534_773_760, 40_000),
    (5.2, 8_912_896, 1_069_547_520, 60_000),
    (6.0, 35_651_584, 1_069_547_520, 60_000),
)
"""Level; pixels of a picture and of a second; kbit/s of the main tier."""
_LONGEST = 8
"""A side has at most the root of so many times the most pixels (or blocks) of a picture."""


def level(plan: VideoPlan) -> float | None:
    """Return the lowest level that a version needs; None for codings without, and for what is beyond all levels."""
    recipe = plan.recipe
    if recipe.codec not in ("h264", "hevc"):
        return None
    block = 16 if recipe.codec == "h264" else 1
    wide, high = -(-plan.width // block), -(-plan.height // block)
    second = wide * high * plan.rate[0] / plan.rate[1]
    kbps = max(recipe.kbps_max or 0, recipe.kbps_min or 0, plan.max_kbps or 0)
    most = kbps * (1.25 if recipe.codec == "h264" and recipe.profile != "high" else 1)
    return next(
        (
            name
            for name, picture, each_second, bits in (_H264 if recipe.codec == "h264" else _HEVC)
            if wide * high <= picture
            and max(wide, high) ** 2 <= _LONGEST * picture
            and second <= each_second
            and most <= bits
        ),
        None,
    )
