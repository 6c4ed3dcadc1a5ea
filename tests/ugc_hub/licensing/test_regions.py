"""Where somebody can be seen: inside the picture, in fractions or pixels, and kept as fractions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.licensing.rows import person_row
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import panel
from ugc_hub.licensing.regions import checked

WHOLE = {"x": 0, "y": 0, "width": 1, "height": 1}


def test_fractions_are_kept_and_pixels_become_fractions_of_the_picture_as_shown() -> None:
    assert checked(WHOLE, None, None) == {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    pixels = {"x": 400, "y": 300, "width": 200, "height": 150, "unit": "pixel"}
    assert checked(pixels, 1600, 1200) == {"x": 0.25, "y": 0.25, "width": 0.125, "height": 0.125}
    assert checked({"x": 0.7, "y": 0.1, "width": 0.3, "height": 0.2, "unit": "relative"}, 10, 10) is not None
    assert checked(None, 10, 10) is None


WRONG: list[Any] = [
    "face",
    [0, 0, 1, 1],
    {},
    {"x": 0, "y": 0, "width": 1},
    {**WHOLE, "depth": 1},
    {**WHOLE, "unit": "mm"},
    {**WHOLE, "x": "0"},
    {**WHOLE, "x": True},
    {**WHOLE, "x": float("nan")},
    {**WHOLE, "width": float("inf")},
    {**WHOLE, "width": 0},
    {**WHOLE, "height": -0.1},
    {**WHOLE, "x": -0.1},
    {**WHOLE, "x": 0.5},
    {**WHOLE, "width": 200},
    {"x": 1500, "y": 0, "width": 200, "height": 10, "unit": "pixel"},
]


@pytest.mark.parametrize("region", WRONG)
def test_what_is_no_region_of_the_picture_is_refused(region: Any) -> None:
    with pytest.raises(Invalid) as caught:
        checked(region, 1600, 1200)
    assert caught.value.extra["field"] == "people"


def test_pixels_of_a_file_that_was_not_measured_are_refused() -> None:
    with pytest.raises(Invalid, match="not known yet"):
        checked({"x": 0, "y": 0, "width": 1, "height": 1, "unit": "pixel"}, None, None)


def test_a_region_is_checked_when_it_is_kept_and_shown_with_the_person(hub: Hub) -> None:
    asset, person = asset_row(hub), person_row(hub)
    pixels = {"x": 160, "y": 120, "width": 160, "height": 120, "unit": "pixel"}
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [{"id": person, "region": pixels}]})
        (shown,) = panel.rights_of(hub, session, SYSTEM, asset)["people"]
    assert shown["region"] == {"x": 0.1, "y": 0.1, "width": 0.1, "height": 0.1}
    outside = {**pixels, "x": 1590}
    with pytest.raises(Invalid), hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [{"id": person, "region": outside}]})
