"""A card with a title, which gives way to the clip."""

from moviepy import CompositeVideoClip, vfx

from workers.media.composition import SHAPE, About, Stage, colour, seconds, text

ABOUT = About(
    "Title card",
    "Opens a clip with a title on a coloured card, then fades over to it.",
    clips=(1, 1),
    edits=("caption_overlay", "composite", "crop", "stitch"),
    parameters=(
        text("title", "Title", default="Made by our community", most=60),
        text("line", "Line below it", default="", most=90),
        colour("background", "Colour of the card", default="#14213d"),
        colour("accent", "Colour of the bar", default="#fca311"),
        seconds("seconds", "How long the card is shown", default=2.5, least=1.0, most=8.0),
        SHAPE,
    ),
)
FADE_S = 0.5
RISE_S = 0.35


def compose(stage: Stage) -> CompositeVideoClip:
    """Title, bar and line in a column, left-aligned in the middle of the card."""
    ground = stage.text("background")
    ink = stage.readable_on(ground)
    margin = round(stage.unit * 9)
    width = stage.size[0] - 2 * margin
    shown = stage.number("seconds")
    column = [stage.card(stage.text("accent"), shown, (round(stage.unit * 14), max(2, round(stage.unit * 1.2))))]
    if title := stage.text("title"):
        column.append(stage.letters(title, height=stage.unit * 10, width=width, colour=ink))
    if line := stage.text("line"):
        column.append(stage.letters(line, height=stage.unit * 4.6, width=width, colour=ink, bold=False))
    gap = round(stage.unit * 4)
    top = (stage.size[1] - sum(one.h for one in column) - gap * (len(column) - 1)) // 2
    layers = [stage.card(ground, shown)]
    for number, one in enumerate(column):
        appears = 0.12 * number
        layers.append(
            one.with_duration(shown - appears)
            .with_start(appears)
            .with_position((margin, top))
            .with_effects([vfx.CrossFadeIn(RISE_S)])
        )
        top += one.h + gap
    clip = stage.fitted(stage.clips[0]).with_start(shown - FADE_S).with_effects([vfx.CrossFadeIn(FADE_S)])
    return CompositeVideoClip([*layers, clip], size=stage.size, bg_color=(0, 0, 0))
