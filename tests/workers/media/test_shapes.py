"""The records survive the way through JSON."""

import json
from dataclasses import asdict, replace

from workers.media.layers import Overlay
from workers.media.shapes import Audio, Box, Embedded, ImagePlan, Inspection, MediaFacts, Preview, Provenance, Recipe
from workers.media.stills import PlayButton, Still

FACTS = MediaFacts(
    kind="video",
    format="mp4",
    media_type="video/mp4",
    extension=".mp4",
    width=1,
    height=2,
    stored_width=2,
    stored_height=1,
    faces=(Box(1, 2, 3, 4),),
    embedded=Embedded(gps=(1.5, 2.5)),
    audio=Audio("aac", 2, 48000),
)
PLAN = ImagePlan(1, 1, Box(0, 0, 1, 1), Box(0, 0, 1, 1), Recipe("jpeg.social", 1, "jpeg"))


def test_records_come_back_equal() -> None:
    inspection = Inspection(FACTS, (Preview("thumb", "thumb.webp", "image/webp", 1, 1),))
    assert Inspection.load(inspection.dump()) == inspection
    assert ImagePlan.load(PLAN.dump()) == PLAN


def test_what_is_written_is_plain_json_of_every_field() -> None:
    drawn = (Overlay("label", "box", 0, 0, 9, 9),)
    still = replace(PLAN, still=Still(3, PlayButton(8, 8, 16)), overlays=drawn, dpi=300)
    for record in (FACTS, still):
        assert record.dump() == json.loads(json.dumps(asdict(record)))
    assert ImagePlan.load(still.dump()) == still


def test_a_field_that_came_later_leaves_the_names_of_older_plans_as_they_were() -> None:
    plain = json.loads(json.dumps(asdict(PLAN)))
    assert plain.pop("still") is None
    assert plain.pop("overlays") == []
    assert plain.pop("dpi") is None
    assert PLAN.dump() == plain
    assert replace(PLAN, still=Still(0)).digest() != PLAN.digest() != replace(PLAN, still=Still(1)).digest()


def test_what_was_kept_is_completed_as_if_it_had_been_loaded() -> None:
    whole = replace(FACTS, palette=("#ffffff",), provenance=Provenance("Valid", mining={"data": "allowed"}))
    old = {name: value for name, value in whole.dump().items() if name not in ("embedded", "focal_point", "warnings")}
    for plain in (whole.dump(), old, {**old, "faces": [], "audio": None, "invented_later": 1}):
        assert MediaFacts.completed(plain) == MediaFacts.load(plain).dump()


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert MediaFacts.load({**FACTS.dump(), "invented_later": 1}) == FACTS


def test_the_digest_of_a_plan_depends_on_every_field() -> None:
    other = ImagePlan.load({**PLAN.dump(), "flatten": "#000000"})
    assert other.digest() != PLAN.digest()
    assert ImagePlan.load(PLAN.dump()).digest() == PLAN.digest()
