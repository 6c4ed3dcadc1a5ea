"""What becomes of the pictures of one plan, in the words of ffmpeg's filter graphs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workers.media.video.shapes import Aim, AnimationPlan, Clip, VideoPlan

_BLUR_SIDE = 96
"""A backdrop is blurred this small and enlarged: the look of a wide blur for the price of none."""


def pixels_of(plan: VideoPlan) -> tuple[object, ...]:
    """Return what two plans must have in common to share their pictures."""
    canvas = (plan.crop, plan.placed, plan.width, plan.height, plan.path, plan.backdrop, plan.rate)
    return *canvas, plan.captions, plan.overlays, plan.intro, plan.end


def chains(plan: VideoPlan, clip: Clip, labels: tuple[str, str], drawn: str = "") -> list[str]:
    """Return the chains of filters that lead from the pictures of a clip to those of a plan; `labels` name both.

    `drawn` is a filter that draws on the finished picture.
    """
    given, made = labels
    rate = f",fps={plan.rate[0]}/{plan.rate[1]}" if plan.rate != clip.rate else ""
    rate += f",{drawn}" if drawn else ""
    if (plan.placed.width, plan.placed.height) == (plan.width, plan.height):
        return [f"[{given}]{window(plan, clip)}{rate},setsar=1[{made}]"]
    x, y = plan.placed.x, plan.placed.y
    if plan.backdrop.kind == "colour":
        colour = plan.backdrop.colour.replace("#", "0x")
        pad = f"pad={plan.width}:{plan.height}:{x}:{y}:{colour}"
        return [f"[{given}]{window(plan, clip)},{pad}{rate},setsar=1[{made}]"]
    small = _covering(plan, clip)
    return [
        f"[{given}]split[{made}a][{made}b]",
        f"[{made}a]{small},gblur=sigma=4,scale={plan.width}:{plan.height}:flags=bicubic[{made}c]",
        f"[{made}b]{window(plan, clip)}[{made}d]",
        f"[{made}c][{made}d]overlay={x}:{y}:format=yuv420{rate},setsar=1[{made}]",
    ]


def _covering(plan: VideoPlan, clip: Clip) -> str:
    """The picture as small as the blur wants it, cut to the shape of the canvas."""
    scale = Fraction(_BLUR_SIDE, max(plan.width, plan.height))
    width, height = (max(8, round(side * scale / 2) * 2) for side in (plan.width, plan.height))
    return f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=area,crop={width}:{height}"


def window(plan: VideoPlan | AnimationPlan, clip: Clip) -> str:
    """Return the filters that cut the window of a plan out of a clip and scale it to its place."""
    crop, placed = plan.crop, plan.placed
    scaled = f"scale={placed.width}:{placed.height}:flags=bicubic"
    if not plan.path:
        whole = (crop.width, crop.height) == (clip.width, clip.height)
        steps = [] if whole else [f"crop={crop.width}:{crop.height}:{crop.x}:{crop.y}"]
        same = (crop.width, crop.height) == (placed.width, placed.height)
        return ",".join([*steps, *([] if same and steps else [scaled])])
    # Enlarged first and cut then: a step of the window is one pixel of the result, not of the clip.
    along, down = placed.width / crop.width, placed.height / crop.height
    width, height = _even(clip.width * along, placed.width), _even(clip.height * down, placed.height)
    x = curve([(_moment(aim, clip), aim.x * width - placed.width / 2, aim.jump) for aim in plan.path])
    y = curve([(_moment(aim, clip), aim.y * height - placed.height / 2, aim.jump) for aim in plan.path])
    right, lower = max(0, width - placed.width), max(0, height - placed.height)
    return (
        f"scale={width}:{height}:flags=bicubic,"
        f"crop={placed.width}:{placed.height}:x='clip({x},0,{right})':y='clip({y},0,{lower})'"
    )


def _moment(aim: Aim, clip: Clip) -> float:
    """Half a picture before a jump: a cut that was rounded up would else leave the window behind for one picture."""
    return aim.at_s - (0.5 / clip.frame_rate if aim.jump else 0.0)


def _even(length: float, least: int) -> int:
    """Return an even length near `length` that a window of `least` fits into, which need not be even."""
    return max(round(length / 2) * 2, -(-least // 2) * 2)


def curve(points: Sequence[tuple[float, float, bool]]) -> str:
    """Return an expression of `t` that runs through points (seconds, value, jump), straight between two of them.

    A tree of questions: the depth grows with the logarithm of the number of points, and ffmpeg allows a hundred.
    """
    if len(points) == 1:
        return f"{points[0][1]:.2f}"
    if len(points) == 2:
        (start, low, _), (end, high, jump) = points
        if jump or end <= start or low == high:
            return f"if(lt(t,{end:.4f}),{low:.2f},{high:.2f})" if low != high else f"{low:.2f}"
        return f"{low:.2f}+({high - low:.2f})*clip((t-{start:.4f})/{end - start:.4f},0,1)"
    middle = len(points) // 2
    return f"if(lt(t,{points[middle][0]:.4f}),{curve(points[: middle + 1])},{curve(points[middle:])})"


def shifted(path: Sequence[Aim], start_s: float) -> tuple[Aim, ...]:
    """Return a path with times that count from a later beginning."""
    return tuple(Aim(round(aim.at_s - start_s, 4), aim.x, aim.y, aim.jump) for aim in path)
