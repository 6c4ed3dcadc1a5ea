"""Lays what was drawn over the pictures of a version, and puts its cards before and after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from workers.media import drawing
from workers.media.layers import Overlay
from workers.media.video.shapes import VideoPlan

_COLOURS = "scale=out_color_matrix=bt709:out_range=tv"
"""What is drawn is in RGB, and a clip in BT.709 of limited range."""
_SAME = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
RATE = 48_000


@dataclass(frozen=True)
class Layer:
    """A picture that is laid over a clip, its upper left corner, and when (as an expression of ffmpeg)."""

    path: Path
    x: int
    y: int
    when: str


@dataclass(frozen=True)
class Dress:
    """The files that were drawn for one plan."""

    layers: tuple[Layer, ...] = ()
    intro: Path | None = None
    end: Path | None = None

    def inputs(self, plan: VideoPlan) -> list[list[str]]:
        """Return the words that open each file, in the order in which `chains` counts them."""
        rate, opened = f"{plan.rate[0]}/{plan.rate[1]}", [["-i", f"file:{layer.path}"] for layer in self.layers]
        cards = ((self.intro, plan.intro), (self.end, plan.end))
        for path, card in cards:
            if path is not None and card is not None:
                lasts = (card.frames + 1) * plan.rate[1] / plan.rate[0]
                opened.append(["-loop", "1", "-framerate", rate, "-t", f"{lasts:.6f}", "-i", f"file:{path}"])
        return opened


def draw(plan: VideoPlan, workdir: Path) -> Dress:
    """Draw everything of a plan into files in `workdir`; raises the errors of `drawing.layer`."""
    size, name = (plan.width, plan.height), plan.digest()[:16]
    layers = []
    for number, ((start, end), sharing) in enumerate(groupby(plan.overlays, _times)):
        drawn = drawing.layer(tuple(sharing), size, workdir)
        box = drawn.getbbox()
        if box is not None:
            # From an even corner: two pixels share their chroma.
            x, y = box[0] // 2 * 2, box[1] // 2 * 2
            path = workdir / f"layer-{name}-{number}.png"
            drawn.crop((x, y, box[2], box[3])).save(path)
            layers.append(Layer(path, x, y, _when(start, end)))
    cards: list[Path | None] = []
    for place, card in (("intro", plan.intro), ("end", plan.end)):
        cards.append(None if card is None else workdir / f"{place}-{name}.png")
        if card is not None:
            drawing.card(card, size, workdir).save(workdir / f"{place}-{name}.png")
    return Dress(tuple(layers), cards[0], cards[1])


def _times(one: Overlay) -> tuple[float | None, float | None]:
    return one.from_s, one.until_s


def _when(start: float | None, end: float | None) -> str:
    asked = [f"gte(t,{start:.4f})"] if start is not None else []
    asked += [f"lt(t,{end:.4f})"] if end is not None else []
    return "*".join(asked)


def chains(plan: VideoPlan, dress: Dress, first: int, labels: tuple[str, str]) -> list[str]:
    """Return the chains that lead from a finished canvas to the dressed one; `first` is the number of the first input.

    `labels` name both.
    """
    given, made = labels
    graph, at = [], given
    for number, layer in enumerate(dress.layers):
        when = f":enable='{layer.when}'" if layer.when else ""
        graph.append(f"[{first + number}:v]{_COLOURS},format=yuva420p,{_SAME}[{made}l{number}]")
        graph.append(f"[{at}][{made}l{number}]overlay={layer.x}:{layer.y}:format=yuv420{when}[{made}o{number}]")
        at = f"{made}o{number}"
    joined, number = [f"[{at}]"], first + len(dress.layers)
    for place, card in (("intro", plan.intro), ("end", plan.end)):
        if card is None:
            continue
        label = f"[{made}{place}]"
        graph.append(
            f"[{number}:v]{_COLOURS},format=yuv420p,{_SAME},trim=end_frame={card.frames},setpts=PTS-STARTPTS,setsar=1"
            f"{label}"
        )
        joined = [label, *joined] if place == "intro" else [*joined, label]
        number += 1
    if len(joined) == 1:
        graph.append(f"[{at}]null[{made}]")
    else:
        rate = f"fps={plan.rate[0]}/{plan.rate[1]}"
        graph.append(f"{''.join(joined)}concat=n={len(joined)}:v=1:a=0,{rate},setsar=1[{made}]")
    return graph


def silence(plan: VideoPlan) -> Sequence[str]:
    """Return filters that put the silence of the cards around the sound of a part."""
    if plan.intro is None and plan.end is None:
        return []
    before = plan.intro.frames if plan.intro is not None else 0
    lead = round(before * plan.rate[1] * RATE / plan.rate[0])
    whole = plan.shown * plan.rate[1] / plan.rate[0]
    return [*([f"adelay={lead}S:all=1"] if lead else []), f"apad=whole_dur={whole:.6f}"]
