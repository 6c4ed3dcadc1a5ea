"""Decoded pictures of a part of a clip, kept in a file: decoding takes longer than all else that an animation needs.

They are kept exactly as they are in the clip, so whatever is made of them is the same as if it were decoded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workers.media.video import tool
from workers.media.video.shapes import AnimationPlan, Clip, VideoPlan

_MOST_BYTES = 400_000_000
"""More is decoded again whenever it is wanted: four seconds of 1080p with 30 pictures a second fit."""
_INTO_S = 0.001
"""A part is looked for a little before its first picture, so that rounding never skips it."""
_PLAIN = ["-f", "rawvideo", "-pix_fmt", "yuv420p"]


@dataclass(frozen=True)
class Held:
    """The file of so many pictures of a clip, from picture `first` on; it may still be being written."""

    path: Path
    clip: Clip
    first: int
    frames: int
    lead: int = 0
    """Pictures that stand before them, 0 or 1: nothing is told of a run until each of its files has begun."""

    @property
    def picture_bytes(self) -> int:
        """What one picture takes."""
        across, down = self.clip.width, self.clip.height
        return across * down + 2 * (-(-across // 2) * -(-down // 2))

    def whole(self) -> bool:
        """Whether all pictures are there."""
        return self.path.exists() and self.path.stat().st_size == (self.lead + self.frames) * self.picture_bytes

    def shown_by(self, plan: VideoPlan, clip: Clip) -> bool:
        """Whether all are shown by a version of the clip."""
        frames = round(plan.frames * plan.rate[1] / plan.rate[0] * clip.frame_rate)
        return plan.first <= self.first and self.first + self.frames <= plan.first + frames

    def input(self, at: int = 0) -> list[str]:
        """Return the words that open it, from one of its pictures on."""
        words = [
            *_PLAIN,
            "-s",
            f"{self.clip.width}x{self.clip.height}",
            "-r",
            f"{self.clip.rate[0]}/{self.clip.rate[1]}",
        ]
        skipped = (self.lead + at) * self.picture_bytes
        words += ["-skip_initial_bytes", str(skipped)] if skipped else []
        return [*words, "-i", f"file:{self.path}"]

    def chain(self, given: str, first: int, made: str) -> str:
        """Return the chain of filters from pictures of the clip, the earliest of which is `first`."""
        start = self.first - first
        chosen = f"gte(n,{start})+lt(n,{self.lead})"
        return f"{given}trim=end_frame={start + self.frames},select='{chosen}'{made}"

    def output(self, made: str) -> list[str]:
        """Return the words that write it, each picture at once."""
        return ["-map", made, *_PLAIN, "-fps_mode", "passthrough", "-flush_packets", "1", str(self.path)]


def held(clip: Clip, plan: AnimationPlan, workdir: Path) -> Held | None:
    """Return where pictures for an animation are kept, once they are written; None where they are too many."""
    kept = Held(workdir / f"held-{plan.digest()[:16]}.yuv", clip, plan.first, plan.frames)
    return kept if kept.frames * kept.picture_bytes <= _MOST_BYTES else None


def sought(source: Path, clip: Clip, plan: AnimationPlan) -> list[str]:
    """Return the words that open a clip at the part of an animation; a second more is read."""
    start = max(0.0, plan.first / clip.frame_rate - _INTO_S)
    return ["-ss", f"{start:.6f}", "-t", f"{plan.frames / clip.frame_rate + 1:.6f}", "-i", f"file:{source}"]


@contextmanager
def pictures(
    source: Path, clip: Clip, plan: AnimationPlan, workdir: Path, *, kept: Held | None = None
) -> Iterator[Path | Held]:
    """Yield the pictures of an animation as they are held (`kept`, if they are whole), and remove their file.

    They are decoded where several looks at them are to be expected; else the clip's own file `source` is yielded.
    Raises the errors of `tool.run`.
    """
    if kept is None or not kept.whole():
        kept = held(clip, plan, workdir) if plan.max_bytes is not None else None
        if kept is not None:
            words = [*sought(source, clip, plan), "-filter_complex", kept.chain("[0:v]", plan.first, "[aside]")]
            tool.run([*words, *kept.output("[aside]")], kept.path.with_suffix(".log"))
    try:
        yield kept if kept is not None and kept.whole() else source
    finally:
        if kept is not None:
            kept.path.unlink(missing_ok=True)
