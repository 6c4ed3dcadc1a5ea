"""What a platform's interface hides of a rendition."""

from __future__ import annotations

from ugc_hub.framing.geometry import Extent
from ugc_hub.framing.records import Covered, Reason
from ugc_hub.framing.subject import faces_in, tidy
from ugc_hub.presets import Preset
from workers.media.shapes import Box, ImagePlan, MediaFacts, Point

FACE_SHARE = 0.1
"""A face counts as covered when a tenth of it lies beneath the interface."""


def _common(one: Box, other: Box) -> int:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, width) * max(0, height)


def _on_canvas(box: Box, plan: ImagePlan) -> Box:
    """Carry a rectangle of the source to the rendition."""
    along, down = plan.placed.width / plan.crop.width, plan.placed.height / plan.crop.height
    return Box(
        plan.placed.x + round((box.x - plan.crop.x) * along),
        plan.placed.y + round((box.y - plan.crop.y) * down),
        max(1, round(box.width * along)),
        max(1, round(box.height * down)),
    )


def _beneath(point: Point, plan: ImagePlan, source: Extent, boxes: tuple[Box, ...]) -> bool:
    x = plan.placed.x + (point.x * source.width - plan.crop.x) * plan.placed.width / plan.crop.width
    y = plan.placed.y + (point.y * source.height - plan.crop.y) * plan.placed.height / plan.crop.height
    return any(box.x <= x < box.x + box.width and box.y <= y < box.y + box.height for box in boxes)


def covered_by(preset: Preset, plan: ImagePlan, facts: MediaFacts, focus: Point | None) -> tuple[Covered, ...]:
    """Report each region of the preset on the rendition that `plan` makes; `focus` is the chosen focal point."""
    source = Extent(facts.width, facts.height)
    faces = [_on_canvas(face, plan) for face in faces_in(facts)]
    point = tidy(focus or facts.focal_point)
    found = []
    for region in preset.target.regions:
        boxes = region.boxes(plan.width, plan.height)
        hidden = tuple(
            index
            for index, face in enumerate(faces)
            if sum(_common(face, box) for box in boxes) >= FACE_SHARE * face.width * face.height
        )
        share = sum(box.width * box.height for box in boxes) / (plan.width * plan.height)
        found.append(Covered(boxes, round(min(1.0, share), 4), hidden, _beneath(point, plan, source, boxes)))
    return tuple(found)


def reasons_for(covered: tuple[Covered, ...]) -> list[Reason]:
    """Say in words what of importance lies beneath the interface."""
    reasons = []
    hidden = {face for region in covered for face in region.faces}
    if hidden:
        count = "A face lies" if len(hidden) == 1 else f"{len(hidden)} faces lie"
        sentence = f"{count} where the platform draws its buttons and captions. Move the focal point or choose contain."
        reasons.append(Reason("covered_face", sentence, "advice"))
    if any(region.focus for region in covered):
        sentence = "The focal point lies where the platform draws its buttons and captions. Move it, or choose contain."
        reasons.append(Reason("covered_focus", sentence, "advice"))
    return reasons
