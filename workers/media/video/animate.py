"""Animated pictures of a clip: GIF for e-mail, WebP for pages, never over their budget.

The first picture carries the message, because some programs show no other; so it is the first of the part that was
chosen. Where a budget does not hold, pictures a second go first, then colours, then size: motion that is a little
rougher is noticed least.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from PIL import Image

from workers.media import drawing, forms, imprint
from workers.media.errors import MediaError, PlanImpossible
from workers.media.video import held, sampling, tool, trying
from workers.media.video.held import Held
from workers.media.video.shapes import Animated, AnimationPlan, Clip
from workers.media.video.trying import Setting

MEDIA_TYPES = {"gif": "image/gif", "webp": "image/webp"}
_CALM_S = 5.0
"""What moves longer must stop by itself (WCAG 2.2, 2.2.2)."""
_HOPEFUL = 1.25
"""A setting is tried although it should be this much too heavy: how well a palette compresses nobody knows before."""
_SURE = 1.05
"""What a sample of the pictures finds this much too heavy is not tried; it errs by a few hundredths."""


def animate(
    source: Path,
    clip: Clip,
    plan: AnimationPlan,
    workdir: Path,
    *,
    tell: tool.Progress | None = None,
    kept: Held | None = None,
) -> Animated:
    """Write the animation of a plan into `workdir`; `source` is the file of `clip`.

    `tell` hears a fraction 0..1 and a sentence; each try is half of what is left, as nobody knows how many it takes.
    `kept` are the pictures of its part, if somebody has decoded them; their file is removed.

    Raises `PlanImpossible` (`over_budget`, `moves_too_long`) and the errors of `tool.run`.
    """
    forms.check(plan)
    if plan.loops == 0 and plan.frames / clip.frame_rate > _CALM_S:
        raise PlanImpossible(
            f"A picture that moves for more than {_CALM_S:.0f} seconds must stop by itself. Choose how often it is "
            "shown, or a shorter part.",
            code="moves_too_long",
        )
    with held.pictures(source, clip, plan, workdir, kept=kept) as given:
        return _fitting(given, clip, plan, workdir, tell=tell)


def _fitting(
    source: Path | Held, clip: Clip, plan: AnimationPlan, workdir: Path, *, tell: tool.Progress | None
) -> Animated:
    """Write the file at the best setting that its budget allows."""
    path = workdir / f"{plan.digest()}.{plan.format}"
    layer = _layer(plan, workdir)
    # What is written into a copy when it leaves counts too.
    most = None if plan.max_bytes is None else plan.max_bytes - imprint.room(plan.max_bytes)
    some = sampling.sample((source, layer), clip, plan, workdir) if most is not None else None
    encodes, last, expected = 0, 0, 0.0
    for setting in trying.settings(plan):
        if most is not None and last and last * setting.weight / expected > _HOPEFUL * most:
            continue
        expected = setting.weight
        if most is not None and some is not None:
            last = some.weigh(setting)
            if last > _SURE * most:
                continue
        words = encoding((source, layer), clip, plan, path, setting=setting)
        lasts = plan.frames / clip.frame_rate
        tool.run(words, workdir / "animate.log", seconds=lasts, tell=_told(tell, encodes))
        path.write_bytes(imprint.rewrite(path.read_bytes(), plan.format, plan.imprint))
        encodes += 1
        last = path.stat().st_size
        if most is None or last <= most:
            return replace(_read(path, plan, encodes), rate=setting.rate, colours=setting.colours)
    raise PlanImpossible(
        f"The animation does not fit into {plan.max_bytes} bytes, however small. Choose a shorter part.",
        code="over_budget",
        detail=f"{last} bytes",
    )


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


def encoding(
    files: tuple[Path | Held, Path | None], clip: Clip, plan: AnimationPlan, path: Path, *, setting: Setting
) -> list[str]:
    """Return the words that let ffmpeg write the file at a setting.

    `files` are that of the clip, or its pictures if they are held, and that of the layer.
    """
    source, layer = files
    # What is held does not say that its pixels are square, as the clip does.
    part, timed = (
        f"[0:v]trim=end_frame={plan.frames},setpts=PTS-STARTPTS,setsar=1",
        f"fps={setting.rate_of(clip):g}:round=up",
    )
    steps = trying.pictures(clip, plan, setting, part, timed=timed, layer="1:v" if layer is not None else "")
    if plan.format == "gif":
        steps += f",{trying.palette(setting.colours)}"
        own = ["-f", "gif", "-loop", str(_further(plan.loops))]
    else:
        own = ["-c:v", "libwebp_anim", "-quality", str(setting.quality), "-compression_level", "4"]
        own += ["-f", "webp", "-loop", str(plan.loops)]
    words = source.input() if isinstance(source, Held) else held.sought(source, clip, plan)
    words += ["-i", f"file:{layer}"] if layer is not None else []
    return [*words, "-filter_complex", f"{steps}[out]", "-map", "[out]", "-map_metadata", "-1", *own, str(path)]


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
