"""How heavy a GIF would become, weighed on a few of its pictures.

Nobody knows before how well a palette compresses, and a whole try takes seconds: of recordings, whose pictures have
noise, the first is often many times too heavy. A few pairs of pictures tell the same to a few hundredths.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from workers.media.video import tool, trying
from workers.media.video.held import Held
from workers.media.video.shapes import AnimationPlan, Clip
from workers.media.video.trying import Setting

_SPOTS = 3
"""From so many places of the part pictures are taken."""
_WORTH = 3
"""A part is weighed by a sample where it has so many times as many pictures."""
_FEWER = "scale=iw/4:ih/4:flags=neighbor,"
"""The colours of a sixteenth of the pixels are much like those of all, and finding those of all takes most of a try."""
_MANY = 50_000
"""Pixels of a picture that are so many that a sixteenth is enough."""
_HEADER_BYTES = 13 + 3 * 256 + 19
"""What a GIF says before its first picture, its palette included."""
_PLAIN = ["-f", "rawvideo", "-pix_fmt", "bgra"]


@dataclass(frozen=True)
class Sample:
    """Finished pictures of a part at full size, `row` in a row from each of a few places."""

    path: Path
    clip: Clip
    plan: AnimationPlan
    row: int

    def weigh(self, setting: Setting) -> int:
        """Return about how many bytes the GIF of the whole part has at a setting.

        The first picture of each row is encoded, and the one that follows it at this rate: all that is seen, and what
        is new a moment later.

        Raises the errors of `tool.run`.
        """
        plan, (width, height) = self.plan, setting.size(self.plan)
        follows = _follows(self.clip, setting.rate)
        graph = f"select='eq(mod(n,{self.row}),0)+eq(mod(n,{self.row}),{follows})'"
        graph += f",scale={width}:{height}:flags=bicubic" if setting.scale != 1 else ""
        graph += f",{trying.palette(setting.colours, _FEWER if width * height > _MANY else '')}[out]"
        said = self.path.with_suffix(".sizes")
        words = [*_PLAIN, "-s", f"{plan.width}x{plan.height}", "-i", f"file:{self.path}", "-filter_complex", graph]
        words += ["-map", "[out]", "-fps_mode", "passthrough", "-c:v", "gif", "-f", "framecrc", f"file:{said}"]
        tool.run(words, said.with_suffix(".log"))
        sizes = [int(line.split(",")[4]) for line in said.read_text().splitlines() if not line.startswith("#")]
        further = max(0.0, plan.frames / self.clip.frame_rate * setting.rate_of(self.clip) - 1)
        return round(_HEADER_BYTES + fmean(sizes[::2]) + further * fmean(sizes[1::2]))


def sample(files: tuple[Path | Held, Path | None], clip: Clip, plan: AnimationPlan, workdir: Path) -> Sample | None:
    """Take pictures of a part into `workdir`; None where that is not worth it. `files` are as of `animate.encoding`.

    Raises the errors of `tool.run`.
    """
    source, layer = files
    row = _follows(clip, min(plan.rate, *trying.RATES)) + 1
    if plan.format != "gif" or plan.frames < _WORTH * _SPOTS * row:
        return None
    words, rows, apart = list[str](), "", plan.frames // _SPOTS
    first = (apart - row) // 2
    for spot in range(_SPOTS):
        words += _opened(source, clip, first + spot * apart, row, plan=plan)
        rows += f"[{spot}:v]trim=end_frame={row},setpts=PTS-STARTPTS[s{spot}];"
    words += ["-i", f"file:{layer}"] if layer is not None else []
    joined = "".join(f"[s{spot}]" for spot in range(_SPOTS))
    moments = f"setpts='({first}+{apart}*floor(N/{row})+mod(N,{row}))/{clip.frame_rate:.6f}/TB'"
    over = f"{_SPOTS}:v" if layer is not None else ""
    best, part = next(trying.settings(plan)), f"{rows}{joined}concat=n={_SPOTS},{moments}"
    graph = f"{trying.pictures(clip, plan, best, part, timed='null', layer=over)}[out]"
    path = workdir / f"sample-{plan.digest()[:16]}.raw"
    words += ["-filter_complex", graph, "-map", "[out]", "-fps_mode", "passthrough"]
    tool.run([*words, *_PLAIN, f"file:{path}"], path.with_suffix(".log"))
    whole = path.stat().st_size == _SPOTS * row * plan.width * plan.height * 4
    return Sample(path, clip, plan, row) if whole else None


def _opened(source: Path | Held, clip: Clip, at: int, row: int, *, plan: AnimationPlan) -> list[str]:
    """Return the words that open the pictures of a part from one of them on."""
    if isinstance(source, Held):
        return source.input(at)
    # From a picture just before, which is decoded without others: exactly where matters little.
    start, lasts = (plan.first + at) / clip.frame_rate, 2 * row / clip.frame_rate
    return ["-noaccurate_seek", "-ss", f"{start:.6f}", "-t", f"{lasts:.6f}", "-i", f"file:{source}"]


def _follows(clip: Clip, rate: int) -> int:
    """Return how many pictures of the clip later another one is shown."""
    return max(1, round(clip.frame_rate / rate))
