"""Judges a normalised clip of the corpus by what other programs find in it and in the original.

All versions start from it: what is upright, even, in step and in the right colours here is so in each of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.acceptance import references
from tests.acceptance.references import Original, Pixels
from workers.media.video.shapes import Clip

LOOK, HEAR_S = 12, 1.2
"""Which picture is compared, and how much of the sound."""
IN_SYNC_S = 0.040
COLOUR, COLOUR_HDR = 6.0, 16.0
"""Mean difference of R, G and B (of 255). Of HDR no two programs make the same SDR: which curve is right is a matter of
taste, but hue, shape and order of brightness are not."""
LIKE_HDR = 0.98
"""Correlation of what was HDR with its reference, which no curve changes much."""


def judge(path: Path, clip: Clip, given: Original) -> None:
    """Fail where a clip does not show and sound what another program finds in the original."""
    judge_file(path, clip, given)
    judge_picture(path, clip, given)
    if clip.loudness is not None and clip.loudness.integrated_lufs is not None:
        heard = references.sound_of(path)[: round(HEAR_S * references.SOUND_HZ)]
        assert abs(references.apart_s(given.sound(0.0, HEAR_S), heard)) <= IN_SYNC_S


def judge_file(path: Path, clip: Clip, given: Original) -> None:
    """Upright, square, even in time, BT.709 and stereo, as both ffprobe and mediainfo see it."""
    streams, seen = references.probe(path)["streams"], references.mediainfo(path)
    picture, sounds = streams[0], streams[1:]
    assert (picture["width"], picture["height"]) == (clip.width, clip.height)
    assert abs(clip.width - given.width) <= 1
    assert abs(clip.height - given.height) <= 1
    assert picture.get("sample_aspect_ratio", "1:1") == "1:1"
    assert "side_data_list" not in picture
    assert float(seen["Video"].get("Rotation", 0)) == 0
    assert seen["Video"]["FrameRate_Mode"] == "CFR"
    assert picture["r_frame_rate"] == f"{clip.rate[0]}/{clip.rate[1]}"
    assert int(picture["nb_frames"]) == clip.frames
    tags = ("color_space", "color_transfer", "color_primaries", "color_range", "pix_fmt")
    assert [picture[name] for name in tags] == ["bt709", "bt709", "bt709", "tv", "yuv420p"]
    assert bool(sounds) == given.has_sound == ("Audio" in seen)
    for one in sounds:
        assert (one["sample_rate"], one["channels"]) == ("48000", 2)


def judge_picture(path: Path, clip: Clip, given: Original) -> None:
    at_s = min(LOOK, clip.frames // 2) / clip.frame_rate
    whole = {"x": 0, "y": 0, "width": clip.width, "height": clip.height}
    shown = references.picture_of(path, at_s, whole, given.ratio)
    best = min(given.pictures(at_s, clip.frame_rate, given.ratio), key=lambda one: difference(one, shown))
    off = difference(best, shown)
    for name, wrong in {"turned": best[::-1, ::-1], "mirrored": best[:, ::-1], "upside down": best[::-1]}.items():
        assert off <= difference(wrong, shown) + 0.5, name
    assert off <= (COLOUR_HDR if given.hdr else COLOUR)
    if given.hdr and best.std() >= 1:
        assert np.corrcoef(best.ravel(), shown.ravel())[0, 1] >= LIKE_HDR


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one - other).mean())
