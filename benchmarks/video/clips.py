"""The clips that the benchmark makes its versions from."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from workers.media.video import tool

SECONDS = 10
SIZE, RATE = (1920, 1080), 30
SCENE = (5120, 3072)
"""Twice as large as what the camera sees, with room to move by half pixels."""
LEAVES, LEAST, LARGEST = 60_000, 6, 900
"""How many discs lie on each other, and their radii in pixels of the scene."""
PHONE = "17M"
"""Bits a second that phones write for 1080p with 30 pictures a second in H.264."""


def camera(folder: Path) -> Path:
    """A clip as a phone writes one: a scene with edges and surfaces of every size, held by hand, 17 Mb/s.

    The scene is of dead leaves: discs that lie on each other, their radii distributed as 1/r^3, which has the edges,
    the covering and the same look at every scale that photographs have (Lee, Mumford and Huang, "Occlusion models for
    natural images", 2001). The camera sways, something else moves before it, and the sensor adds noise
    of about two levels.
    """
    leaves(random.Random(7), SCENE).save(folder / "scene.png")
    leaves(random.Random(8), (900, 1400)).save(folder / "subject.png")
    width, height = SIZE[0] * 2, SIZE[1] * 2
    sway = f"crop={width}:{height}:x=620+500*sin(t*0.5)+9*sin(t*9):y=440+260*cos(t*0.4)+7*sin(t*11)"
    walk = "overlay=x=1300+900*sin(t*0.7):y=500+40*sin(t*6)"
    graph = (
        f"[0:v]{sway}[far];[far][1:v]{walk},scale={SIZE[0]}:{SIZE[1]}:flags=area,noise=alls=6:allf=t,format=yuv420p[v]"
    )
    words = ["-loop", "1", "-framerate", str(RATE), "-i", str(folder / "scene.png"), "-loop", "1"]
    words += ["-framerate", str(RATE), "-i", str(folder / "subject.png"), *tone(), "-filter_complex", graph]
    words += ["-map", "[v]", "-map", "2:a", "-c:v", "libx264", "-preset", "veryfast", "-b:v", PHONE]
    return written(words, folder / "camera.mp4")


def grain(folder: Path) -> Path:
    """Moving shapes under heavy film grain, no two pictures alike: nearly all work is that of the encoders."""
    picture = f"testsrc2=s={SIZE[0]}x{SIZE[1]}:r={RATE}:d={SECONDS},noise=alls=12:allf=t"
    words = ["-f", "lavfi", "-i", picture, *tone(), "-c:v", "libx264", "-preset", "veryfast"]
    return written([*words, "-pix_fmt", "yuv420p", "-crf", "18"], folder / "grain.mp4")


MADE: dict[str, Callable[[Path], Path]] = {"camera": camera, "grain": grain}


def leaves(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Return discs of random colours on each other; each is softly lit, for no surface is of one colour."""
    picture = Image.new("RGB", size)
    pen = ImageDraw.Draw(picture)
    for _ in range(LEAVES):
        radius = LEAST / (1 - chance.random() * (1 - (LEAST / LARGEST) ** 2)) ** 0.5
        x, y = chance.uniform(0, size[0]), chance.uniform(0, size[1])
        tint = [chance.gauss(0, 22) for _ in range(3)]
        light = chance.gauss(118, 48)
        for part in (1.0, 0.8, 0.6, 0.4):
            shade = tuple(round(min(255, max(0, light + one + 9 * (1 - part)))) for one in tint)
            inner = radius * part
            pen.ellipse((x - inner, y - inner, x + inner, y + inner), fill=shade)
    return picture


def tone() -> list[str]:
    """Return the words for one more input, which sounds."""
    return ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={SECONDS}"]


def written(words: list[str], path: Path) -> Path:
    """Let ffmpeg write a clip with sound and return its path."""
    tool.run([*words, "-t", str(SECONDS), "-c:a", "aac", str(path)], path.with_suffix(".log"))
    return path
