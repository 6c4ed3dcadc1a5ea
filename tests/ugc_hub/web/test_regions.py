"""Faces that the hub found are offered for persons, on the page and in the API."""

from __future__ import annotations

from collections.abc import Callable

from tests.ugc_hub.licensing.rows import person_row
from tests.ugc_hub.rows import asset_row, facts_of
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from ugc_hub.models import AssetPerson
from workers.media.shapes import Box

FACES = facts_of(faces=(Box(160, 120, 160, 240), Box(800, 600, 80, 120)))
PREVIEWS = {"preview": {"storage_key": "previews/x.webp", "media_type": "image/webp", "width": 800, "height": 600}}


def regions(hub: Hub) -> list[object]:
    with hub.database.read() as session:
        return [one.region for one in session.query(AssetPerson).order_by(AssetPerson.person_id)]


def test_a_face_is_chosen_for_a_new_person_and_changed_for_one_that_is_known(
    hub: Hub, browser: Callable[[str], Person]
) -> None:
    asset = asset_row(hub, facts=FACES, previews=PREVIEWS)
    person = browser("content_manager")
    page = person.get(f"/assets/{asset}").text
    assert 'value="160 120 160 240"' in page
    assert "Face 2" in page
    form = {"people_state": "listed", "new_person": "Pia", "new_person_face": "160 120 160 240"}
    assert person.post(f"/assets/{asset}/rights", data=form).status_code == 303
    assert regions(hub) == [{"x": 0.1, "y": 0.1, "width": 0.1, "height": 0.2}]
    with hub.database.read() as session:
        pia = session.query(AssetPerson).one().person_id
    page = person.get(f"/assets/{asset}").text
    assert 'data-region="0.1 0.1 0.1 0.2"' in page
    same = {"people_state": "listed", "person": pia}
    person.post(f"/assets/{asset}/rights", data=same)
    assert regions(hub) == [{"x": 0.1, "y": 0.1, "width": 0.1, "height": 0.2}]
    person.post(f"/assets/{asset}/rights", data={**same, f"face-{pia}": "800 600 80 120"})
    assert regions(hub) == [{"x": 0.5, "y": 0.5, "width": 0.05, "height": 0.1}]
    person.post(f"/assets/{asset}/rights", data={**same, f"face-{pia}": "none"})
    assert regions(hub) == [None]
    for wrong in ("1 2 3", "0 0 9999 10", "a b c d", "-1 0 10 10"):
        answer = person.post(f"/assets/{asset}/rights", data={**same, f"face-{pia}": wrong})
        assert answer.status_code == 422, wrong
    assert 'data-region="' not in browser("viewer").get(f"/assets/{asset}").text


def test_the_api_takes_regions_in_both_units_and_refuses_others(hub: Hub, program: Callable[..., Person]) -> None:
    asset, pia, ben = asset_row(hub), person_row(hub), person_row(hub)
    someone = program("content_manager")
    path = f"/api/v1/assets/{asset}/rights"
    pixels = {"x": 0, "y": 0, "width": 800, "height": 600, "unit": "pixel"}
    answer = someone.ask("PUT", path, json={"people": [{"id": pia, "region": pixels}, ben]})
    assert answer.status_code == 200
    assert answer.json is not None
    shown = {one["id"]: one["region"] for one in answer.json["people"]}
    assert shown == {pia: {"x": 0.0, "y": 0.0, "width": 0.5, "height": 0.5}, ben: None}
    for region in ({**pixels, "x": 900}, {**pixels, "unit": "mm"}, {"x": 0.5, "y": 0, "width": 0.6, "height": 1}):
        assert someone.ask("PUT", path, json={"people": [{"id": pia, "region": region}]}).status_code == 422
