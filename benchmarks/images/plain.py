"""What one writes with Pillow alone: open, fit, save, one output after the other."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps


def render(task: dict[str, Any], folder: Path) -> None:
    """Make all outputs of the task."""
    options: dict[str, dict[str, Any]] = {
        "jpeg": {"progressive": True, "optimize": True, "subsampling": "4:2:0"},
        "webp": {"method": task["method"]},
        "avif": {"speed": task["speed"], "subsampling": "4:2:0"},
    }
    for output in task["outputs"]:
        with Image.open(task["source"]) as picture:
            upright = ImageOps.exif_transpose(picture)
            made = ImageOps.fit(upright, (output["width"], output["height"]), Image.Resampling.LANCZOS)
            made.save(folder / output["name"], quality=output["quality"], **options[output["format"]])


def main() -> None:
    task = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    for line in sys.stdin:
        render(task, Path(line.strip()))
        print("done", flush=True)


if __name__ == "__main__":
    main()
