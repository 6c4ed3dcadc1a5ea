"""How the pictures and the sound of a ladder come about, in one run of ffmpeg with one decode.

Bare pictures are scaled to each size straight from the clip. What is drawn on them is drawn once, on the largest size,
and all sizes are made of that: they show the same, and cards are cut into pieces with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Self

from workers.media.shapes import Backdrop, Box
from workers.media.video import bed, burning, dressing, filters, sound, tool
from workers.media.video import encode as encoder
from workers.media.video.dressing import Dress
from workers.media.video.encode import Rate
from workers.media.video.rungs import LadderPlan, Rung
from workers.media.video.shapes import Clip, VideoPlan

HEARD = "sound.mp4"
"""The file of the sound."""
_INTO_S = 0.001
_SOUND_S = 5.98
"""Of a piece of sound: whole AAC frames that are not longer than a piece of pictures."""


@dataclass(frozen=True)
class Try:
    """How a rung is made this time."""

    name: str
    plan: VideoPlan
    rate: Rate = field(default_factory=Rate)


@dataclass(frozen=True)
class Work:
    """A ladder that is being made: the clip and its file, and the folder of its files. Durations are seconds."""

    source: Path
    clip: Clip
    plan: LadderPlan
    folder: Path
    drawn: str = ""
    """A filter that draws captions."""
    dress: Dress = field(default_factory=Dress)
    """What is laid over the pictures, and the cards."""

    @classmethod
    def begun(cls, source: Path, clip: Clip, plan: LadderPlan, folder: Path) -> Self:
        """Draw everything of a plan beside `folder`; raises the errors of `burning.write` and `dressing.draw`."""
        canvas, beside = plan.canvas(clip.rate), folder.parent
        drawn = burning.write(canvas, beside) if canvas.captions is not None and canvas.captions.cues else ""
        return cls(source, clip, plan, folder, drawn, dressing.draw(canvas, beside))

    @property
    def canvas(self) -> VideoPlan:
        """The largest size, at the rate of the clip, with everything that is drawn."""
        return self.plan.canvas(self.clip.rate)

    @property
    def start_s(self) -> float:
        """Where the part begins in the clip."""
        return self.plan.first / self.clip.frame_rate

    @property
    def lasts_s(self) -> float:
        """Of the part of the clip."""
        return self.plan.frames / self.clip.frame_rate

    @property
    def whole_s(self) -> float:
        """Of the stream, its cards included."""
        return self.plan.shown / self.clip.frame_rate

    @property
    def audible(self) -> bool:
        """Whether anything is heard."""
        return self.plan.bed is not None or (self.clip.has_sound and self.plan.sound.keep)

    def mixed(self) -> Path | None:
        """Write what is heard where that is not the clip's own sound alone; once."""
        if self.plan.bed is None:
            return None
        lead = self.plan.intro.frames / self.clip.frame_rate if self.plan.intro is not None else 0.0
        laid = bed.Laid(self.plan.bed, self.start_s, self.lasts_s, lead, self.whole_s, self.plan.sound.keep)
        return bed.lay(self.source, self.clip, laid, self.folder.parent)


def as_film(rung: Rung, plan: LadderPlan, clip: Clip) -> VideoPlan:
    """Return a rung as a film of its own, without sound: what encodes and checks films does so for rungs."""
    frames = max(1, int(Fraction(plan.shown * clip.rate[1], clip.rate[0]) * Fraction(*rung.rate)))
    return VideoPlan(
        width=rung.width,
        height=rung.height,
        crop=plan.crop,
        placed=Box(0, 0, rung.width, rung.height),
        first=plan.first,
        frames=frames,
        rate=rung.rate,
        recipe=replace(plan.recipe, kbps_max=rung.kbps),
        backdrop=Backdrop(),
        sound=replace(plan.sound, keep=False),
    )


def encode(work: Work, tries: Sequence[Try], level: sound.Level | None, tell: tool.Progress | None) -> None:
    """Write rungs from one decode, and the sound unless `level` is None."""
    plan = work.plan
    labels = [f"p{number}" for number in range(len(tries))]
    opened = work.dress.inputs(work.canvas) if tries else []
    mix = work.mixed() if level is not None else None
    graph = _pictures(work, tries, labels) if tries else []
    graph += [] if level is None else [_sound(work, level, mix, 1 + len(opened))]
    start = max(0.0, work.start_s - _INTO_S)
    words = ["-ss", f"{start:.6f}", "-t", f"{work.lasts_s + 1:.6f}", "-i", f"file:{work.source}"]
    words += [word for one in opened for word in one]
    words += ["-i", f"file:{mix}"] if mix is not None else []
    words += ["-filter_complex", ";".join(graph)]
    # A little less than a piece: it ends with the group of pictures in which that has passed.
    lasting = f"{round((plan.groups - 0.5) * plan.recipe.gop_s * 1e6)}"
    for label, one in zip(labels, tries, strict=True):
        words += ["-map", f"[{label}o]", *encoder.video_words(one.plan, one.rate), *encoder.PLAIN]
        words += [*_pieces("+frag_keyframe"), "-min_frag_duration", lasting, str(work.folder / f"{one.name}.mp4")]
    if level is not None:
        words += ["-map", "[heard]", *encoder.sound_words(plan.recipe), *encoder.PLAIN]
        words += [*_pieces(), "-frag_duration", f"{round(_SOUND_S * 1e6)}", str(work.folder / HEARD)]
    tool.run(words, work.folder.parent / "ladder.log", seconds=work.whole_s, tell=tell)


def _pieces(further: str = "") -> list[str]:
    flags = f"+cmaf+delay_moov+default_base_moof+skip_trailer+negative_cts_offsets{further}"
    return ["-f", "mp4", "-movflags", flags, "-use_editlist", "0", "-brand", "cmfc"]


def _pictures(work: Work, tries: Sequence[Try], labels: Sequence[str]) -> list[str]:
    """Return the chains that lead from the clip to the pictures of each rung (its label, and `o`)."""
    split = f"split={len(tries)}" + "".join(f"[{label}]" for label in labels)
    part = f"[0:v]trim=end_frame={work.plan.frames},setpts=PTS-STARTPTS"
    if not work.plan.dressed:
        graph = [f"{part},{split}"]
        for label, one in zip(labels, tries, strict=True):
            graph += filters.chains(one.plan, work.clip, (label, f"{label}o"))
        return graph
    canvas = work.canvas
    graph = [f"{part}[part]", *filters.chains(canvas, work.clip, ("part", "bare"), work.drawn)]
    graph += [*dressing.chains(canvas, work.dress, 1, ("bare", "worn")), f"[worn]{split}"]
    for label, one in zip(labels, tries, strict=True):
        rate = f",fps={one.plan.rate[0]}/{one.plan.rate[1]}" if one.plan.rate != work.clip.rate else ""
        graph.append(f"[{label}]scale={one.plan.width}:{one.plan.height}:flags=bicubic{rate},setsar=1[{label}o]")
    return graph


def listened(work: Work) -> sound.Heard | None:
    """Return how loud the part is, or its mix, before it is made as loud as asked."""
    plan, log, mix = work.plan, work.folder.parent / "listen.log", work.mixed()
    if mix is not None:
        return sound.listen(mix, [], plan.sound, log)
    return sound.listen(work.source, sound.span(work.start_s, work.lasts_s), plan.sound, log)


def _sound(work: Work, level: sound.Level, mix: Path | None, number: int) -> str:
    """Return the chain that makes the sound as loud as asked and as long as the pictures; `number` is that of a mix."""
    plan, heard = work.plan, listened(work)
    ended = sound.fitted(plan.recipe, work.whole_s)
    loud = sound.levelled(sound.reachable(plan.sound, heard, plan.most_lift_db), heard, level)
    if mix is not None:
        return f"[{number}:a]{','.join([*loud, *ended])}[heard]"
    into = _INTO_S if work.start_s >= _INTO_S else 0.0
    steps = [*sound.span(into, work.lasts_s), *loud]
    return f"[0:a]{','.join([*steps, *dressing.silence(work.canvas), *ended])}[heard]"
