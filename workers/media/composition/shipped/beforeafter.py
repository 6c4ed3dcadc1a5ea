"""Two clips beside each other: how it was, and how it is."""

from moviepy import CompositeVideoClip

from workers.media.composition import SHAPE, About, Stage, choice, colour, text

ABOUT = About(
    "Before and after",
    "Shows two clips side by side, or one above the other in a tall shape: before and after.",
    clips=(2, 2),
    edits=("caption_overlay", "composite", "crop", "trim"),
    parameters=(
        text("before", "Words on the first clip", default="Before", most=24),
        text("after", "Words on the second clip", default="After", most=24),
        colour("plate", "Colour behind the words", default="#111111"),
        colour("line", "Colour of the line between", default="#ffffff"),
        choice("sound", "Sound", ("after", "before", "none"), default="after", hint="Of which clip."),
        SHAPE,
    ),
)


def compose(stage: Stage) -> CompositeVideoClip:
    """Halves of the canvas with a line between, each with its words in a corner; as long as the shorter clip."""
    wide, high = stage.size
    tall = high > wide
    line = max(2, round(stage.unit * 0.8) // 2 * 2)
    half = (wide, (high - line) // 2) if tall else ((wide - line) // 2, high)
    lasts = min(clip.duration for clip in stage.clips)
    places = [(0, 0), (0, high - half[1]) if tall else (wide - half[0], 0)]
    layers = [stage.card(stage.text("line"), lasts)]
    margin = round(stage.unit * 4)
    colours = (stage.text("plate"), stage.readable_on(stage.text("plate")))
    for clip, place in zip(stage.clips, places, strict=True):
        layers.append(stage.fitted(clip.without_audio().with_duration(lasts), half).with_position(place))
    for name, place in zip(("before", "after"), places, strict=True):
        if words := stage.text(name):
            plate = stage.plate(words, height=stage.unit * 4.6, width=half[0] - 4 * margin, colours=colours)
            below = place[1] + half[1] - plate.h - margin
            layers.append(plate.with_duration(lasts).with_position((place[0] + margin, below)))
    made = CompositeVideoClip(layers, size=stage.size, bg_color=(0, 0, 0)).with_duration(lasts)
    heard = {"before": stage.clips[0].audio, "after": stage.clips[1].audio}.get(stage.text("sound"))
    return made.with_audio(heard.with_duration(min(heard.duration, lasts)) if heard is not None else None)
