"""Attempts at versions of a clip, and the graphs of filters that lead from its pictures and its sound to theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workers.media.video import dressing, filters, sound
from workers.media.video.encode import Rate
from workers.media.video.held import Held
from workers.media.video.shapes import Clip, Loudness, SoundPlan, VideoPlan

INTO_S = 0.001
"""A part is looked for a little before its first picture, so that rounding never skips it."""


@dataclass(frozen=True)
class Given:
    """The clip, its file, the folder that everything is written into, and what is written besides versions."""

    source: Path
    clip: Clip
    workdir: Path
    aside: Held | None = None
    sounded: dict[tuple[str, ...], Loudness] = field(default_factory=dict)
    """How loud sounds came out, by their words."""


@dataclass(frozen=True)
class Attempt:
    """How a version is to be made this time."""

    plan: VideoPlan
    rate: Rate = field(default_factory=Rate)
    level: sound.Level | None = None
    """How its sound is made as loud as asked; None until one gain was found not to be enough."""
    heard: sound.Heard | None = None
    drawn: str = ""
    """A filter that draws on the finished picture."""
    dress: dressing.Dress = field(default_factory=dressing.Dress)
    """What is laid over it, and the cards."""
    mix: Path | None = None
    """What is heard where that is not the clip's own sound alone."""

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.plan.digest()}.{self.plan.recipe.container}"

    @property
    def asked(self) -> SoundPlan:
        """What its sound can be; next to silence that is less than what the plan asks for."""
        return sound.reachable(self.plan.sound, self.heard, self.plan.most_lift_db)


def starts_s(plan: VideoPlan, clip: Clip) -> float:
    """Return where the part begins in the clip, in seconds."""
    return plan.first / clip.frame_rate


def lasts_s(plan: VideoPlan) -> float:
    """Return how long the part of the clip is shown, in seconds."""
    return plan.frames * plan.rate[1] / plan.rate[0]


def whole_s(plan: VideoPlan) -> float:
    """Return how long the version is, its cards included, in seconds."""
    return plan.shown * plan.rate[1] / plan.rate[0]


def pictures(
    clip: Clip, seen: Sequence[tuple[Attempt, str]], lasts: float, aside: Held | None = None
) -> tuple[list[str], list[str]]:
    """Cut the part once, then make each distinct canvas once; return the graph and the words of further inputs.

    What is kept `aside` comes out as it is in the clip, as `[aside]`.
    """
    canvases: dict[tuple[object, ...], list[tuple[Attempt, str]]] = {}
    for attempt, label in seen:
        canvases.setdefault(filters.pixels_of(attempt.plan), []).append((attempt, label))
    frames = round(lasts * clip.frame_rate)
    begun = [f"p{number}" for number in range(len(canvases))]
    kept = ["kept"] if aside is not None else []
    graph = [f"[0:v]trim=end_frame={frames},setpts=PTS-STARTPTS{split('split', [*begun, *kept])}"]
    graph += [aside.chain("[kept]", seen[0][0].plan.first, "[aside]")] if aside is not None else []
    inputs: list[list[str]] = []
    for start, sharing in zip(begun, canvases.values(), strict=True):
        labels = [label for _, label in sharing]
        made = labels[0] if len(labels) == 1 else f"{start}x"
        first = sharing[0][0]
        opened = first.dress.inputs(first.plan)
        bare = f"{start}b" if opened else made
        graph += filters.chains(first.plan, clip, (start, bare), first.drawn)
        if opened:
            graph += dressing.chains(first.plan, first.dress, 1 + len(inputs), (bare, made))
            inputs += opened
        if len(labels) > 1:
            graph.append(f"[{made}]{split('split', labels)[1:]}")
    return graph, [word for words in inputs for word in words]


def sounds(
    clip: Clip, plan: VideoPlan, audible: Sequence[tuple[Attempt, str]], inputs: Mapping[Path, int]
) -> list[str]:
    """Cut the sound of the part once, and open each mix once; `inputs` numbers the files of the mixes."""
    # Sought to a little before the first picture: what was played in between belongs to the picture before.
    into = INTO_S if starts_s(plan, clip) >= INTO_S else 0.0
    graph: list[str] = []
    for mix in dict.fromkeys(attempt.mix for attempt, _ in audible):
        sharing = [pair for pair in audible if pair[0].mix == mix]
        number = 0 if mix is None else inputs[mix]
        opened = ",".join(sound.span(into, lasts_s(plan))) if mix is None else "asetpts=PTS-STARTPTS"
        given = [f"s{number}x{place}" for place in range(len(sharing))]
        graph.append(f"[{number}:a]{opened}{split('asplit', given)}")
        for start, (attempt, label) in zip(given, sharing, strict=True):
            steps = sound.levelled(attempt.asked, attempt.heard, attempt.level or sound.PLAIN)
            steps += dressing.silence(attempt.plan) if mix is None else []
            steps += sound.fitted(attempt.plan.recipe, whole_s(attempt.plan))
            graph.append(f"[{start}]{','.join(steps)}[{label}]")
    return graph


def split(name: str, labels: Sequence[str]) -> str:
    """Return the filter `name` that leads to each of the labels."""
    return f",{name}={len(labels)}" + "".join(f"[{label}]" for label in labels)
