"""Makes a 12-megapixel picture with the statistics of a photograph, the same one every time.

Dead leaves (discs of all sizes that hide each other, as in Lee, Mumford and Huang 2001) give edges at every scale,
1/f noise gives texture, a light gradient and sensor noise give what a phone adds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 4032, 3024
SEED = 20260101
_LEAVES = 2600


def make(path: Path) -> None:
    """Write the picture as a JPEG of quality 92, 4:2:0, as phones do."""
    random = np.random.default_rng(SEED)
    base = np.asarray(_leaves(random), dtype=np.float32)
    texture = _pink(random)[..., None]
    strength = _pink(random, cells=6)[..., None] * 0.5 + 0.6
    light = np.linspace(1.12, 0.84, HEIGHT, dtype=np.float32)[:, None, None]
    grain = random.normal(0, 2.0, (HEIGHT, WIDTH, 3)).astype(np.float32)
    pixels = np.clip(base * light + texture * strength * 16 + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, quality=92, subsampling="4:2:0")


def _leaves(random: np.random.Generator) -> Image.Image:
    canvas = Image.new("RGB", (WIDTH, HEIGHT), (120, 130, 140))
    draw = ImageDraw.Draw(canvas)
    hues = random.integers(0, 256, (12, 3))
    for step in range(_LEAVES):
        # Large ones first: radii follow a power law, small ones stay visible.
        radius = 900 / (1 + step / 14) + float(random.exponential(22))
        x, y = random.uniform(0, WIDTH), random.uniform(0, HEIGHT)
        stretch = random.uniform(0.5, 1.6)
        shade = np.clip(hues[random.integers(12)] + random.normal(0, 18, 3), 0, 255).astype(int)
        box = (x - radius, y - radius * stretch, x + radius, y + radius * stretch)
        if step % 3:
            draw.ellipse(box, fill=tuple(shade.tolist()))
        else:
            draw.rectangle(box, fill=tuple(shade.tolist()))
    return canvas.filter(ImageFilter.GaussianBlur(1.2))


def _pink(random: np.random.Generator, cells: int = 0) -> NDArray[np.float32]:
    """Return noise whose amplitude falls with the frequency, of deviation 1; only the lowest `cells` if given."""
    across = np.fft.rfftfreq(WIDTH)[None, :] * WIDTH
    down = np.fft.fftfreq(HEIGHT)[:, None] * HEIGHT
    frequency = np.hypot(across, down)
    frequency[0, 0] = 1
    spectrum = np.exp(2j * np.pi * random.random(frequency.shape)) / frequency
    if cells:
        spectrum[frequency > cells] = 0
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, s=(HEIGHT, WIDTH))
    return np.asarray(noise / noise.std(), dtype=np.float32)
