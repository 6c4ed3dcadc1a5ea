"""This project as a contender: renders into each folder that it is told, or with `encode` only encodes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.images.work import Output
from workers.media.image import render_pack
from workers.media.image.colour import converter
from workers.media.image.decode import decode
from workers.media.image.encode import Setting, encode
from workers.media.image.scale import Pyramid, compose
from workers.media.imprint.container import Block
from workers.media.shapes import Box, ImagePlan, Recipe


def plan(output: Output, size: tuple[int, int], *, speed: int, method: int) -> ImagePlan:
    """Return the plan that cuts the middle and covers the output."""
    scale = min(size[0] / output.width, size[1] / output.height)
    width, height = min(size[0], round(output.width * scale)), min(size[1], round(output.height * scale))
    recipe = Recipe(
        id="benchmark",
        version=1,
        format=output.format,  # type: ignore[arg-type]
        quality=output.quality,
        effort=10 - speed if output.format == "avif" else method,
    )
    return ImagePlan(
        width=output.width,
        height=output.height,
        crop=Box((size[0] - width) // 2, (size[1] - height) // 2, width, height),
        placed=Box(0, 0, output.width, output.height),
        recipe=recipe,
    )


def encoder(source: Path, plans: list[ImagePlan]) -> Callable[[], None]:
    """Return what encodes the ready pixels of all plans on as many threads as `render_pack` uses."""
    master = decode(source, plans)
    convert = converter(master.mode, master.profile)
    pyramid = Pyramid(master)
    canvases = [compose(pyramid, convert, item) for item in plans]
    # The dearest first, as in the product.
    weight = {"avif": 8, "webp": 6, "jpeg": 1}
    order = sorted(
        range(len(plans)), key=lambda at: -plans[at].width * plans[at].height * weight[plans[at].recipe.format]
    )

    def one(at: int) -> bytes:
        recipe = plans[at].recipe
        return encode(canvases[at], recipe, Setting(recipe.quality, recipe.subsampling), Block())

    def run() -> None:
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(one, order))

    return run


def main() -> None:
    task = json.loads(sys.stdin.readline())
    made = [Output(**item) for item in task["outputs"]]
    source = Path(task["source"])
    plans = [plan(item, tuple(task["size"]), speed=task["speed"], method=task["method"]) for item in made]
    alone = encoder(source, plans) if sys.argv[1:] == ["encode"] else None
    print("ready", flush=True)
    for line in sys.stdin:
        folder = Path(line.strip())
        if alone:
            alone()
        else:
            for item, record in zip(made, render_pack(source, plans, folder), strict=True):
                (folder / record.path).rename(folder / item.name)
        print("done", flush=True)


if __name__ == "__main__":
    main()
