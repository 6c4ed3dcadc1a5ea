"""Renders many plans of one original: decode once, share pixels, encode on all cores."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from workers.media import drawing, forms, imprint
from workers.media.image.budget import Budget, fit
from workers.media.image.colour import Convert, converter
from workers.media.image.decode import Master, decode
from workers.media.image.encode import EXTENSIONS, MEDIA_TYPES, encode, has_quality, profile_for
from workers.media.image.scale import Pyramid, compose, flat, pixels_of
from workers.media.image.validate import check
from workers.media.shapes import ImageFormat, ImagePlan, Rendered

Progress = Callable[[float, str], None]

MOST_THREADS = 8
_DECODED, _SCALED = 0.1, 0.3
"""How far a pack is after its first two steps, in fractions of the whole."""
_COST: dict[ImageFormat, float] = {"avif": 8.0, "webp": 6.0, "png": 4.0, "gif": 4.0, "tiff": 4.0, "jpeg": 1.0}
"""Encoding time of a pixel relative to JPEG, roughly: the dearest goes first, so that no core waits at the end."""


def render_pack(
    source: Path, plans: Sequence[ImagePlan], out: Path, progress: Progress | None = None
) -> list[Rendered]:
    """Write one file for each plan into the folder `out` and return their records in the order of the plans.

    The original is decoded once for all; plans that differ only in format share their pixels. Files are named by the
    digest of the plan, `Rendered.path` is relative to `out`. The same plan gives the same bytes in any company
    and on any number of cores. `progress` is called from this thread with a fraction 0..1 and a sentence.
    `min_bytes` of a plan is not a goal: a file is never made heavier.

    Files that overlays name lie in `out`, in the folder `layers.MATERIALS`.

    Raises the errors of `decode`, `PlanImpossible` when a byte budget cannot be met, `MediaError`
    (`output_invalid`) when an output read again is not what was planned. After an error `out` may hold files
    of other plans; the caller discards the folder.
    """
    if not plans:
        return []
    for plan in plans:
        forms.check(plan)
    tell = progress or _silent
    master = decode(source, plans)
    tell(_DECODED, "Decoded the original.")
    unique = list({plan.digest(): plan for plan in plans}.values())
    with _threads(len(unique)) as pool:
        canvases = _canvases(pool, master, unique, out)
        del master
        jobs = {
            pool.submit(_write, canvases[pixels_of(plan)], plan, out): plan
            for plan in sorted(unique, key=_encoding_cost, reverse=True)
        }
        wait(canvases.values(), return_when=FIRST_EXCEPTION)
        tell(_SCALED, "Made all sizes.")
        done = {}
        for count, future in enumerate(as_completed(jobs), 1):
            rendered = future.result()
            done[rendered.digest] = rendered
            tell(_SCALED + (1 - _SCALED) * count / len(jobs), f"Made {count} of {len(jobs)} files.")
    return [done[plan.digest()] for plan in plans]


def _silent(fraction: float, message: str) -> None:
    pass


@contextmanager
def _threads(tasks: int) -> Iterator[ThreadPoolExecutor]:
    """A pool that drops what has not begun when its user fails. Pillow works outside the interpreter lock."""
    pool = ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), tasks, MOST_THREADS), "render")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _canvases(
    pool: ThreadPoolExecutor, master: Master, plans: Sequence[ImagePlan], out: Path
) -> dict[tuple[object, ...], Future[Image.Image]]:
    """Begin the finished pixels of all plans, each distinct canvas made once.

    What is encoded longest comes first: its encoding begins as soon as no canvas is left to begin.

    Colours are converted after shrinking, always: it is cheaper for all but small originals, and the pixels of
    a plan must not depend on its company.
    """
    distinct = {pixels_of(plan): plan for plan in sorted(plans, key=_encoding_cost)}
    convert = converter(master.mode, master.profile)
    pyramid = Pyramid(master)
    first = sorted(distinct, key=lambda key: _encoding_cost(distinct[key]), reverse=True)
    given = _Given(pyramid, convert, out)
    return {key: pool.submit(_canvas, given, distinct[key]) for key in first}


@dataclass(frozen=True)
class _Given:
    """What all canvases are made from."""

    pyramid: Pyramid
    convert: Convert
    out: Path


def _canvas(given: _Given, plan: ImagePlan) -> Image.Image:
    picture = compose(given.pyramid, given.convert, plan)
    return drawing.over(picture, plan.overlays, given.out) if plan.overlays else picture


def _encoding_cost(plan: ImagePlan) -> float:
    return plan.width * plan.height * _COST[plan.recipe.format]


def _write(coming: Future[Image.Image], plan: ImagePlan, out: Path) -> Rendered:
    """Encode, check and write one file; all canvases are begun before the first file."""
    canvas = coming.result()
    recipe = plan.recipe
    if recipe.format in ("jpeg", "gif"):
        canvas = flat(canvas, plan.flatten)
    block = replace(imprint.block(plan.imprint, recipe.format), icc=profile_for(plan), dpi=plan.dpi or 0)
    budget = Budget(plan.max_bytes, imprint.room(plan.max_bytes), plan.advised)
    found = fit(lambda setting: encode(canvas, recipe, setting, block), recipe, budget)
    check(found.data, plan)
    digest = plan.digest()
    name = digest + EXTENSIONS[recipe.format]
    (out / name).write_bytes(found.data)
    return Rendered(
        digest=digest,
        path=name,
        media_type=MEDIA_TYPES[recipe.format],
        width=plan.width,
        height=plan.height,
        size_bytes=len(found.data),
        sha256=hashlib.sha256(found.data).hexdigest(),
        quality=found.setting.quality if has_quality(recipe) else None,
        encodes=found.encodes,
    )
