"""Still pictures of a clip: each moment is decoded once, and then made into files as a photo is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from workers.media.errors import Damaged, MediaError, PlanImpossible
from workers.media.features.thumbhash import LONGEST_SIDE, encode_text
from workers.media.image import render_pack
from workers.media.shapes import ImagePlan, Rendered
from workers.media.video import tool
from workers.media.video.shapes import Clip

_INTO_S = 0.001
"""A picture is looked for a little before it, so that rounding never skips it."""

Outcome = dict[str, Rendered | MediaError]
"""By digest of the plan."""


def stills(source: Path, clip: Clip, plans: Sequence[ImagePlan], workdir: Path) -> Outcome:
    """Write one file for each plan into `workdir`; `source` is the file of `clip`, and each plan names its picture.

    A plan that cannot be made is an error in its place. Raises the errors of `tool.run`, and `Damaged` for a picture
    that the clip does not have.
    """
    moments: dict[int, list[ImagePlan]] = {}
    for plan in plans:
        moments.setdefault(plan.still.frame if plan.still else 0, []).append(plan)
    done: Outcome = {}
    for frame, sharing in moments.items():
        path = _taken(source, clip, frame, workdir)
        done |= _made(path, sharing, workdir)
        path.unlink()
    return done


def _taken(source: Path, clip: Clip, frame: int, workdir: Path) -> Path:
    """Write one picture of the clip, without loss and with no word about its colours: it is read as sRGB."""
    if not 0 <= frame < clip.frames:
        raise Damaged("The video has no picture at that moment. Choose another one.", code="no_such_picture")
    path = workdir / f"frame-{frame}.png"
    start = max(0.0, frame / clip.frame_rate - _INTO_S)
    words = ["-ss", f"{start:.6f}", "-i", f"file:{source}", "-frames:v", "1", "-map", "0:v:0", "-map_metadata", "-1"]
    words += ["-vf", "scale=flags=bicubic+accurate_rnd+full_chroma_int:in_range=tv:out_range=pc,format=rgb24"]
    words += ["-color_primaries", "unknown", "-color_trc", "unknown", "-compression_level", "1", "-f", "image2"]
    tool.run([*words, "-update", "1", str(path)], workdir / "still.log")
    return path


def _made(path: Path, plans: Sequence[ImagePlan], workdir: Path) -> Outcome:
    """Make all plans of one picture together; where one is impossible each by itself, so that the others come out."""
    try:
        made = render_pack(path, plans, workdir)
        return {one.digest: replace(one, thumbhash=_placeholder(workdir / one.path)) for one in made}
    except PlanImpossible as error:
        if len(plans) == 1:
            return {plans[0].digest(): error}
    done: Outcome = {}
    for plan in plans:
        done |= _made(path, [plan], workdir)
    return done


def _placeholder(path: Path) -> str:
    """Return the ThumbHash of a still as it came out, with its crop and what is drawn on it."""
    with Image.open(path) as picture:
        small = picture.convert("RGBA")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    return encode_text(np.asarray(small))
