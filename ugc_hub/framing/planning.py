"""`plan`: facts of an asset, a preset and a choice become exact work, or a refusal in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ugc_hub.framing import sizes, zones
from ugc_hub.framing.formats import budget_for, dots_for, recipes_for
from ugc_hub.framing.geometry import Extent, crop_around, crop_extent, middle_of, scaled
from ugc_hub.framing.records import Choice, Framing, Outcome, Reason
from ugc_hub.framing.subject import centre_for
from ugc_hub.presets import Preset, Recipe
from workers.media.shapes import Backdrop, Box, ImagePlan, MediaFacts

NO_CHOICE = Choice()
KIND_WORDS = {
    "image": "a photo",
    "animation": "an animation",
    "video": "a video",
    "document": "a document",
    "captions": "captions",
}


FLOATING = 0.95
"""A picture that reaches less of both sides of its canvas than this looks lost in it."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
BAD_COLOUR = "Write the colour of the backdrop as #rrggbb, such as #ffffff."


@dataclass(frozen=True)
class Layout:
    """Canvas, crop and place of a picture, before formats are chosen."""

    canvas: Extent
    crop: Box
    placed: Box

    @property
    def scale(self) -> float:
        """Rendition pixels for one source pixel, of the side that is magnified more."""
        return max(self.placed.width / self.crop.width, self.placed.height / self.crop.height)


def _kind_refusal(facts: MediaFacts, preset: Preset) -> Reason | None:
    """Say what cannot be made of what, and what can be done instead: nobody is sent to what is refused there too."""
    wanted, given = KIND_WORDS[preset.target.kind], KIND_WORDS[facts.kind]
    if preset.target.in_words:
        return _text_instead(facts, preset)
    if preset.target.kind == "image" and facts.kind == "video":
        sentence = (
            "This preset makes a still picture, and the asset is a video. "
            "Save a frame of it as a picture with a video editor and upload that."
        )
        return Reason("kind_mismatch", sentence, "refusal")
    if facts.kind == "image" and preset.target.kind in ("video", "animation"):
        sentence = (
            f"This preset is for {wanted}, and the asset is {given}, which does not begin to move. "
            "Choose a preset for still pictures."
        )
        return Reason("kind_mismatch", sentence, "refusal")
    if not preset.renderable:
        sentence = (
            f"This preset is for {wanted}, which the hub does not make; it tells what the platform accepts, so that "
            "the original, or what you make of it elsewhere, can be compared with it."
        )
        return Reason("not_an_image_preset", sentence, "refusal")
    return None


def _text_instead(facts: MediaFacts, preset: Preset) -> Reason:
    """Hand over the text that stands for a picture while it loads; an older asset may have none."""
    if facts.thumbhash is None:
        words = "A placeholder is a short text and no file, and the hub has none of this asset."
    elif preset.id.endswith(".thumbhash"):
        words = (
            f"A ThumbHash is a short text and no file. That of this asset is {facts.thumbhash} (base64): put it into "
            "your page. It is kept as facts.thumbhash of the asset, in the API and in ugc-hub assets show."
        )
    else:
        words = (
            "A BlurHash is a short text and no file, and the hub works none out. It keeps a ThumbHash, which serves "
            f"the same purpose: {facts.thumbhash} (base64), facts.thumbhash of the asset."
        )
    return Reason("placeholder_is_text", words, "refusal")


def _choice_refusal(choice: Choice) -> Reason | None:
    if choice.backdrop is not None and not COLOUR.match(choice.backdrop.colour):
        return Reason("bad_colour", BAD_COLOUR, "refusal")
    return None


def _reach(source: Extent, choice: Choice) -> Extent:
    stretch = sizes.STRETCH_MAX if choice.upscale else 1
    return Extent(source.width * stretch, source.height * stretch)


def _lay_cover(facts: MediaFacts, demand: sizes.Demand, ratio: Fraction, choice: Choice) -> Layout:
    source = Extent(facts.width, facts.height)
    canvas = sizes.covered_canvas(_reach(source, choice), demand, ratio)
    part = crop_extent(source, canvas.ratio)
    crop = crop_around(source, part, centre_for(facts, part, choice.focal_point))
    return Layout(canvas, crop, Box(0, 0, canvas.width, canvas.height))


def _lay_contain(facts: MediaFacts, demand: sizes.Demand, ratio: Fraction, choice: Choice) -> Layout:
    source = Extent(facts.width, facts.height)
    stretch = sizes.STRETCH_MAX if choice.upscale else 1
    canvas = sizes.contained_canvas(_reach(source, choice), demand, ratio, padded=choice.fit == "contain")
    factor = min(Fraction(canvas.width, source.width), Fraction(canvas.height, source.height), Fraction(stretch))
    part = scaled(source, factor)
    return Layout(canvas, Box(0, 0, source.width, source.height), middle_of(canvas, part))


def _lay_following(facts: MediaFacts, demand: sizes.Demand, choice: Choice, *, strict: bool) -> Layout:
    source = Extent(facts.width, facts.height)
    stretch = sizes.STRETCH_MAX if choice.upscale else 1
    canvas = sizes.following_canvas(source, demand, stretch, strict=strict)
    whole = Box(0, 0, source.width, source.height)
    return Layout(canvas, whole, Box(0, 0, canvas.width, canvas.height))


def _too_small(facts: MediaFacts, preset: Preset, demand: sizes.Demand, needed: Extent) -> Reason:
    source = f"{facts.width} x {facts.height}"
    if demand.width is not None:
        sentence = (
            f"The picture is {facts.width} pixels wide and this preset needs {needed.width}. "
            "Choose a narrower preset or upload a larger picture."
        )
        return Reason("smaller_than_width", sentence, "refusal")
    contain = " Contain, with a colour or a blur around the picture, is possible." if demand.full else ""
    sentence = (
        f"The picture is {source} pixels and at least {needed} are needed, because pixels are not invented. "
        f"Upload a larger picture.{contain}"
    )
    return Reason("too_small", sentence, "refusal")


def _size_reasons(preset: Preset, demand: sizes.Demand, layout: Layout) -> list[Reason]:
    reasons = []
    canvas, full = layout.canvas, demand.full
    wanted = str(full) if full else f"{demand.width} wide" if demand.width else ""
    short = canvas != full if full else demand.width is not None and canvas.width < demand.width
    if short:
        size = preset.target.size
        least = [f"{size.min_width} wide"] if size.min_width else []
        least += [f"{size.min_height} high"] if size.min_height else []
        accepted = f"accepts pictures from {' and '.join(least)}" if least else "publishes no minimum"
        sentence = (
            f"Made at {canvas} instead of {wanted}, because the picture has no more pixels; the platform {accepted}."
        )
        reasons.append(Reason("below_target", sentence, "warning"))
    if layout.scale > 1:
        sentence = f"Enlarged to {round(layout.scale * 100)} percent, as chosen: it will look soft."
        reasons.append(Reason("upscaled", sentence, "warning"))
    if layout.placed.width < FLOATING * canvas.width and layout.placed.height < FLOATING * canvas.height:
        sentence = "The picture is smaller than the canvas and lies in its middle at its own size."
        reasons.append(Reason("small_in_canvas", sentence, "warning"))
    return reasons


def _refused(preset: Preset, *reasons: Reason) -> Framing:
    return Framing(preset.id, "refused", reasons=reasons)


def lay(facts: MediaFacts, preset: Preset, choice: Choice, demand: sizes.Demand) -> Layout | Reason:
    """Return canvas, crop and place of a picture, or why there are none; of photos, videos and animations."""
    refusal = _choice_refusal(choice)
    if refusal is not None:
        return refusal
    usual = preset.target.make.fit
    fit = choice.fit or usual
    try:
        if demand.ratio is None:
            strict = demand.width is not None and usual == "scale_down"
            layout = _lay_following(facts, demand, choice, strict=strict)
        elif fit == "contain":
            layout = _lay_contain(facts, demand, demand.ratio, choice)
        elif fit == "cover":
            layout = _lay_cover(facts, demand, demand.ratio, choice)
        else:
            sentence = (
                "This preset has a fixed shape, so the height cannot follow the picture. Choose cover or contain."
            )
            return Reason("fit_not_possible", sentence, "refusal")
    except sizes.TooSmall as error:
        return _too_small(facts, preset, demand, error.needed)
    if not Extent(sizes.SIDE_MAX, sizes.SIDE_MAX).covers(layout.canvas) or not demand.cap.covers(layout.canvas):
        sentence = (
            f"The rendition would be {layout.canvas}, higher or wider than accepted ({demand.cap}). Crop the picture."
        )
        return Reason("too_long", sentence, "refusal")
    return layout


def _plans(
    preset: Preset, recipes: tuple[Recipe, ...], layout: Layout, choice: Choice
) -> tuple[tuple[ImagePlan, ...], list[Reason]]:
    """Return one plan for each recipe, and what is to be said about their byte limits."""
    backdrop = choice.backdrop or Backdrop()
    plans, reasons = [], []
    for recipe in recipes:
        limit, advice = budget_for(preset, recipe, layout.canvas)
        reasons += [advice] if advice and advice not in reasons else []
        plans.append(
            ImagePlan(
                width=layout.canvas.width,
                height=layout.canvas.height,
                crop=layout.crop,
                placed=layout.placed,
                recipe=recipe,
                backdrop=backdrop,
                flatten=backdrop.colour,
                max_bytes=limit,
                advised=preset.target.bytes.rule == "advice",
                min_bytes=preset.target.bytes.min,
                imprint=choice.imprint,
                dpi=dots_for(preset, recipe, layout.canvas),
            )
        )
    return tuple(plans), reasons


def plan(facts: MediaFacts, preset: Preset, choice: Choice = NO_CHOICE) -> Framing:
    """Decide exactly how a picture becomes a preset's rendition; pure, deterministic, never a silent upscale.

    What the source lacks in pixels is settled by the preset's `size_basis`:

    - `exact`, `required`, `minimum`: the published size or nothing, unless a smaller minimum is published;
    - `recommended`, `conventional`, `derived`, `example`, `maximum`: below the size but not below the published
      minimum the largest size of the same ratio that the source has is made, `warned`; the minimum may be unpublished;
    - `range` or nothing, with a ratio: the largest crop of that ratio, at most 2560 pixels long;
    - a width alone: the height follows; a responsive image (`scale_down`) is made in its width or refused.

    A contained picture makes the canvas shrink as far as the platform accepts; below that it lies in the middle at
    its own size, if contain was chosen: a preset that contains by itself (logos) refuses. `Choice.upscale` allows
    twice the pixels and always warns. An animation gives its first frame. Severities: any refusal makes it
    `refused`, any warning `warned`; advice changes nothing.
    """
    refusal = _kind_refusal(facts, preset)
    if refusal is not None or preset.output is None:
        return _refused(preset, *([refusal] if refusal else []))
    demand = sizes.demand_of(preset.target, preset.output)
    layout = lay(facts, preset, choice, demand)
    if isinstance(layout, Reason):
        return _refused(preset, layout)
    recipes, remark = recipes_for(preset, facts, choice, layout.canvas)
    if remark is not None and remark.severity == "refusal":
        return _refused(preset, remark)
    reasons = _size_reasons(preset, demand, layout) + ([remark] if remark else [])
    if facts.kind == "animation":
        reasons.append(Reason("first_frame", "The animation's first frame is used; it does not move.", "warning"))
    plans, advice = _plans(preset, recipes, layout, choice)
    covered = zones.covered_by(preset, plans[0], facts, choice.focal_point)
    reasons += advice + zones.reasons_for(covered)
    outcome: Outcome = "warned" if any(reason.severity == "warning" for reason in reasons) else "ready"
    return Framing(preset.id, outcome, plans, tuple(reasons), layout.crop, layout.scale, covered)
