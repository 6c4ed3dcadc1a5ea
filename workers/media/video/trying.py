"""What is tried for an animation until its byte budget holds, and the graphs of filters that settings stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workers.media.shapes import Box
from workers.media.video import filters
from workers.media.video.shapes import AnimationPlan, Clip

RATES, _COLOURS, _SCALES = (10, 8, 6), (128, 64, 32), (0.85, 0.7, 0.6, 0.5)
_QUALITIES = (60, 45, 30)
_COLOURED = (
    "scale=in_color_matrix=bt709:in_range=tv:out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int,format=gbrp"
)
"""Both formats start from RGB: the encoder of WebP takes a clip's BT.709 for BT.601, and palettes are of RGB anyway."""


@dataclass(frozen=True)
class Setting:
    """How an animation is made: pictures a second, colours (of GIF), quality (of WebP), and size as a factor."""

    rate: int
    colours: int
    quality: int
    scale: float

    @property
    def weight(self) -> float:
        """Roughly how heavy the file is, in units of nothing."""
        return float(self.rate * (self.colours / 256) ** 0.4 * (self.quality / 100) ** 0.7 * self.scale**2)

    def rate_of(self, clip: Clip) -> float:
        """Return how many pictures a second there are; never more than the clip has."""
        return min(float(self.rate), clip.frame_rate)

    def size(self, plan: AnimationPlan) -> tuple[int, int]:
        """Return width and height of the pictures in pixels."""
        return max(2, round(plan.width * self.scale)), max(2, round(plan.height * self.scale))


def settings(plan: AnimationPlan) -> Iterator[Setting]:
    """Yield what is tried, the best first; without a budget there is nothing else."""
    best = Setting(plan.rate, 256, plan.quality, 1.0)
    yield best
    if plan.max_bytes is None:
        return
    for rate in RATES:
        if rate < plan.rate:
            best = replace(best, rate=rate)
            yield best
    for colours, quality in zip(_COLOURS, _QUALITIES, strict=True):
        best = (
            replace(best, colours=colours)
            if plan.format == "gif"
            else replace(best, quality=min(quality, best.quality))
        )
        yield best
    for scale in _SCALES:
        best = replace(best, scale=scale)
        yield best


def palette(colours: int, seen: str = "") -> str:
    """Return the chains from pictures in RGB to those of a GIF; `seen` makes the pictures that its colours are of."""
    found = f"{seen}palettegen=max_colors={colours}:stats_mode=diff"
    return f"split[a][b];[a]{found}[p];[b][p]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle"


def pictures(clip: Clip, plan: AnimationPlan, setting: Setting, part: str, *, timed: str, layer: str = "") -> str:
    """Return the chains that lead to finished pictures in RGB; what is drawn becomes smaller with them.

    `part` leads to all pictures of the part, `timed` is the filter that chooses from them, `layer` names the input
    that lies over them, if any.
    """
    # A window that moves looks at the time of the clip; else nothing is done to pictures that are not shown.
    before, after = ([], [timed]) if plan.path else ([timed], [])
    size = setting.size(plan)
    window = filters.window(plan if layer else replace(plan, placed=Box(0, 0, *size)), clip)
    bare = ",".join([part, *before, _COLOURED, window, *after])
    if not layer:
        return f"{bare},format=bgra"
    scaled = "" if setting.scale == 1 else f",scale={size[0]}:{size[1]}:flags=bicubic"
    return f"{bare}[bare];[bare][{layer}]overlay=format=gbrp{scaled},format=bgra"
