"""Several people say what they think: clips one after the other, each with a name and a sentence."""

from moviepy import CompositeVideoClip, afx, vfx

from workers.media.composition import SHAPE, About, Stage, colour, seconds, text

ABOUT = About(
    "Testimonials",
    "Strings testimonials together with cross-fades, each with a name and what is said in a few words.",
    clips=(2, 8),
    edits=("caption_overlay", "composite", "crop", "stitch", "trim"),
    parameters=(
        text("names", "Names", most=400, lines=8, hint="A line for each clip; empty: who made it."),
        text("quotes", "What they say", most=1000, lines=8, hint="A line for each clip; may be empty."),
        seconds("each", "Most that is shown of each clip", default=6.0, least=1.0, most=60.0),
        seconds("fade", "Length of a cross-fade", default=0.6, least=0.0, most=2.0),
        colour("plate", "Colour behind the names", default="#fca311"),
        SHAPE,
    ),
)
OPACITY = 0.82
RISE_S = 0.25


def compose(stage: Stage) -> CompositeVideoClip:
    """Each clip begins while the one before it still fades, in picture and sound."""
    fade = min([stage.number("fade"), *(min(clip.duration, stage.number("each")) / 3 for clip in stage.clips)])
    names = [given or known for given, known in zip(stage.lines("names"), stage.names, strict=True)]
    layers = []
    at = 0.0
    for number, clip in enumerate(stage.clips):
        lasts = min(clip.duration, stage.number("each"))
        part = clip.subclipped(0, lasts)
        if part.audio is not None and fade:
            part = part.with_audio(part.audio.with_effects([afx.AudioFadeIn(fade), afx.AudioFadeOut(fade)]))
        ends = lasts - (fade if number + 1 < len(stage.clips) else 0)
        words = _words(stage, names[number], stage.lines("quotes")[number], (fade if number else 0.0, ends))
        scene = CompositeVideoClip(
            [stage.fitted(part), *words],
            size=stage.size,
            bg_color=(0, 0, 0),
        ).with_duration(lasts)
        effects = [vfx.CrossFadeIn(fade)] if number and fade else []
        layers.append(scene.with_start(at).with_effects(effects))
        at += lasts - fade
    return CompositeVideoClip(layers, size=stage.size, bg_color=(0, 0, 0)).with_duration(at + fade)


def _words(stage: Stage, name: str, quote: str, between: tuple[float, float]) -> list[object]:
    """Name and sentence in the lower third, above what platforms cover; while two clips mix there are none."""
    margin = round(stage.unit * 6)
    bottom = round(stage.size[1] * (0.8 if stage.size[1] > stage.size[0] else 0.92))
    shown, drawn = [], []
    if quote:
        drawn.append(
            stage.plate(
                f"“{quote}”",
                height=stage.unit * 5,
                width=stage.size[0] - 2 * margin - round(stage.unit * 8),
                colours=("#111111", "#ffffff"),
            ).with_opacity(OPACITY)
        )
    if name:
        colours = (stage.text("plate"), stage.readable_on(stage.text("plate")))
        drawn.append(stage.plate(name, height=stage.unit * 4, width=stage.size[0] // 2, colours=colours))
    for one in drawn:
        bottom -= one.h
        begins, ends = between
        here = one.with_duration(ends - begins).with_start(begins).with_position((margin, bottom))
        shown.append(here.with_effects([vfx.CrossFadeIn(min(RISE_S, ends - begins))]))
        bottom -= round(stage.unit * 1.6)
    return shown
