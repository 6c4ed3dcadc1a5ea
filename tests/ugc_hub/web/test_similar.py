"""The page of what is like an asset."""

from __future__ import annotations

from collections.abc import Callable

from tests.ugc_hub.catalog.test_similar import library
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub

Make = Callable[[str], Person]


def page(someone: Person, asset_id: str, by: str = "") -> str:
    answer = someone.get(f"/assets/{asset_id}/similar", query_string={"by": by} if by else {})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_nearest_are_shown_as_tiles_that_lead_to_their_pages(hub: Hub, browser: Make) -> None:
    made = library(hub)
    someone = browser("content_manager")
    text = page(someone, made[0])
    places = [text.index(f'data-asset="{one}"') for one in made[1:4]]
    assert places == sorted(places)
    assert f'data-asset="{made[0]}"' not in text
    assert "data-select" not in text, "a box to tick would do nothing here"
    assert f'href="/assets/{made[0]}/similar' in someone.get(f"/assets/{made[0]}").get_data(as_text=True)


def test_each_way_to_compare_is_a_page_and_other_words_are_the_first_way(hub: Hub, browser: Make) -> None:
    made, alone = library(hub), asset_row(hub)
    someone = browser("viewer")
    assert f'data-asset="{made[1]}"' in page(someone, made[0], "colour")
    assert "Nothing is like it" in page(someone, made[0], "duplicate")
    assert "Nothing is like it" in page(someone, alone)
    assert page(someone, made[0], "smell") == page(someone, made[0], "look") == page(someone, made[0])


def test_a_creator_sees_only_what_is_theirs(hub: Hub, browser: Make) -> None:
    made = library(hub)
    assert browser("creator").get(f"/assets/{made[0]}/similar").status_code == 404
