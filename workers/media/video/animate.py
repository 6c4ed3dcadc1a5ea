"""Animated pictures of a clip: GIF for e-mail, WebP for pages, never over their budget.

The first picture carries the message, because some programs show no other; so it is the first of the part that was
chosen. Where a budget does not hold, pictures a second go first, then colours, then size: motion that is a little
rougher is noticed least.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from workers.media import drawing, imprint
from workers.media.errors import MediaError, PlanImpossible
from workers.media.shapes import Box
from workers.media.video import filters, tool
from workers.media.video.shapes import Animated, AnimationPlan, Clip

MEDIA_TYPES = {"gif": "image/gif", "webp": "image/webp"}
_INTO_S = 0.001
_CALM_S = 5.0
"""What moves longer must stop by itself (WCAG 2.2, 2.2.2)."""
_RATES, _COLOURS, _SCALES = (10, 8, 6), (128, 64, 32), (0.85, 0.7, 0.6, 0.5)
_QUALITIES = (60, 45, 30)
_COLOURED = (
    "scale=in_color_matrix=bt709:in_range=tv:out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int,format=gbrp"
)
"""Both formats start from RGB: the encoder of WebP takes a clip's BT.709 for BT.601, and palettes are of RGB anyway."""
_HOPEFUL = 1.25
"""A setting is tried although it should be this much too heavy: how well a palette compresses nobody knows before."""


@dataclass(frozen=True)
class _Setting:
    rate: int
    colours: int
    quality: int
    scale: float

    @property
    def weight(self) -> float:
        """Roughly how heavy the file is, in units of nothing."""
        return float(self.rate * (self.colours / 256) ** 0.4 * (self.quality / 100) ** 0.7 * self.scale**2)


def animate(
    source: Path, clip: Clip, plan: AnimationPlan, workdir: Path, *, tell: tool.Progress | None = None
) -> Animated:
    """Write the animation of a plan into `workdir`; `source` is the file of `clip`.

    `tell` hears a fraction 0..1 and a sentence; each try is half of what is left, as nobody knows how many it takes.

    Raises `PlanImpossible` (`over_budget`, `moves_too_long`) and the errors of `tool.run`.
    """
    if plan.loops == 0 and plan.frames / clip.frame_rate > _CALM_S:
        raise PlanImpossible(
            f"A picture that moves for more than {_CALM_S:.0f} seconds must stop by itself. Choose how often it is "
            "shown, or a shorter part.",
            code="moves_too_long",
        )
    path = workdir / f"{plan.digest()}.{plan.format}"
    layer = _layer(plan, workdir)
    # What is written into a copy when it leaves counts too.
    most = None if plan.max_bytes is None else plan.max_bytes - imprint.room(plan.max_bytes)
    encodes, last, expected = 0, 0, 0.0
    for setting in _settings(plan):
        if most is not None and last and last * setting.weight / expected > _HOPEFUL * most:
            continue
        _encode((source, layer), clip, plan, path, setting=setting, tell=_told(tell, encodes))
        path.write_bytes(imprint.rewrite(path.read_bytes(), plan.format, plan.imprint))
        encodes += 1
        last, expected = path.stat().st_size, setting.weight
        if most is None or last <= most:
            return _read(path, plan, encodes)
    raise PlanImpossible(
        f"The animation does not fit into {plan.max_bytes} bytes, however small. Choose a shorter part.",
        code="over_budget",
        detail=f"{last} bytes",
    )


def _settings(plan: AnimationPlan) -> Iterator[_Setting]:
    """Yield what is tried, the best first."""
    best = _Setting(plan.rate, 256, plan.quality, 1.0)
    yield best
    if plan.max_bytes is None:
        return
    for rate in _RATES:
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


def _told(tell: tool.Progress | None, before: int) -> tool.Progress | None:
    if tell is None:
        return None
    return lambda fraction, words: tell(1 - 0.5**before * (1 - fraction / 2), words)


def _layer(plan: AnimationPlan, workdir: Path) -> Path | None:
    """Draw what lies over the pictures into one file; raises the errors of `drawing.layer`."""
    if not plan.overlays:
        return None
    path = workdir / f"layer-{plan.digest()[:16]}.png"
    drawing.layer(plan.overlays, (plan.width, plan.height), workdir).save(path)
    return path


def _pictures(clip: Clip, plan: AnimationPlan, layer: Path | None, setting: _Setting) -> str:
    """Return the chains that lead to finished pictures in RGB; what is drawn becomes smaller with them."""
    size = (max(2, round(plan.width * setting.scale)), max(2, round(plan.height * setting.scale)))
    rate = min(float(setting.rate), clip.frame_rate)
    part, timed = f"[0:v]trim=end_frame={plan.frames},setpts=PTS-STARTPTS,{_COLOURED}", f"fps={rate:g}:round=up"
    if layer is None:
        smaller = replace(plan, placed=Box(0, 0, *size))
        return f"{part},{filters.window(smaller, clip)},{timed},format=bgra"
    scaled = "" if setting.scale == 1 else f",scale={size[0]}:{size[1]}:flags=bicubic"
    return f"{part},{filters.window(plan, clip)},{timed}[bare];[bare][1:v]overlay=format=gbrp{scaled},format=bgra"


def _encode(
    files: tuple[Path, Path | None],
    clip: Clip,
    plan: AnimationPlan,
    path: Path,
    *,
    setting: _Setting,
    tell: tool.Progress | None,
) -> None:
    """Write the file; `files` are that of the clip and that of the layer."""
    source, layer = files
    start = max(0.0, plan.first / clip.frame_rate - _INTO_S)
    steps = _pictures(clip, plan, layer, setting)
    if plan.format == "gif":
        colours = f"palettegen=max_colors={setting.colours}:stats_mode=diff"
        steps += f",split[a][b];[a]{colours}[p];[b][p]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle"
        own = ["-f", "gif", "-loop", str(_further(plan.loops))]
    else:
        own = ["-c:v", "libwebp_anim", "-quality", str(setting.quality), "-compression_level", "4"]
        own += ["-f", "webp", "-loop", str(plan.loops)]
    words = ["-ss", f"{start:.6f}", "-t", f"{plan.frames / clip.frame_rate + 1:.6f}", "-i", f"file:{source}"]
    words += ["-i", f"file:{layer}"] if layer is not None else []
    words += ["-filter_complex", f"{steps}[out]", "-map", "[out]", "-map_metadata", "-1", *own, str(path)]
    tool.run(words, path.parent / "animate.log", seconds=plan.frames / clip.frame_rate, tell=tell)


def _further(loops: int) -> int:
    """GIF counts the showings after the first one, in an extension that is left out for none; 0 is without end."""
    return 0 if loops == 0 else -1 if loops == 1 else loops - 1


def _read(path: Path, plan: AnimationPlan, encodes: int) -> Animated:
    """Read a file again, every picture."""
    data = path.read_bytes()
    with Image.open(path, formats=[plan.format.upper()]) as picture:
        frames = int(getattr(picture, "n_frames", 1))
        lasts = 0.0
        for number in range(frames):
            picture.seek(number)
            picture.load()
            lasts += float(picture.info.get("duration", 0)) / 1000
        loops = picture.info.get("loop")
        size = picture.size
    shown = _showings(plan.format, loops)
    if frames > 1 and shown != plan.loops:
        raise MediaError("The animation that came out is shown another number of times.", code="output_invalid")
    digest = hashlib.sha256(data).hexdigest()
    return Animated(
        digest=plan.digest(),
        path=path.name,
        media_type=MEDIA_TYPES[plan.format],
        width=size[0],
        height=size[1],
        frames=frames,
        duration_s=round(lasts, 3),
        loops=shown,
        size_bytes=len(data),
        sha256=digest,
        encodes=encodes,
    )


def _showings(name: str, loops: int | None) -> int:
    if name == "webp":
        return int(loops or 0)
    return 1 if loops is None else 0 if loops == 0 else loops + 1
