"""A search tells where it found something in the words of pictures and videos."""

from __future__ import annotations

import pytest

from tests.ugc_hub.rows import asset_row, user_row
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.catalog import FoundAsset, Search
from ugc_hub.catalog import excerpts as places
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights


def found(hub: Hub, text: str, actor: Actor = SYSTEM) -> dict[str, FoundAsset]:
    return {one.asset.id: one for one in catalog.search(hub, actor, Search(text=text)).items}


def marked(one: FoundAsset) -> dict[str, list[str]]:
    return {kind: [part.words[start:end] for start, end in part.found] for kind, part in one.excerpts.items()}


def write(hub: Hub, asset: str, words: str, kind: str = "ocr") -> None:
    catalog.set_text(hub, SYSTEM, asset, kind, words=words)


def test_what_was_found_in_them_is_shown_with_what_stands_around_it(hub: Hub) -> None:
    seen, heard, named = (asset_row(hub, f"{name}.jpg") for name in ("one", "two", "sneakers"))
    write(hub, seen, "only this week\nall our sneakers\nat half the price")
    write(hub, heard, "word " * 100 + "I run in these sneakers every day " + "word " * 100, "transcript")
    write(hub, named, "nothing of it")
    rebuild(hub)
    hits = found(hub, "sneaker")
    assert {one: marked(hits[one]) for one in hits} == {
        seen: {"ocr": ["sneakers"]},
        heard: {"transcript": ["sneakers"]},
        named: {},
    }
    assert hits[seen].excerpts["ocr"].words == "only this week all our sneakers at half the price"
    part = hits[heard].excerpts["transcript"]
    assert len(part.words) <= places.LENGTH
    assert part.words.startswith("word "), "a word is not torn at the beginning"
    assert "run in these sneakers every day" in part.words


def test_a_query_without_words_has_no_excerpts(hub: Hub) -> None:
    asset = asset_row(hub)
    write(hub, asset, "image")
    rebuild(hub)
    assert not found(hub, "kind:image")[asset].excerpts
    assert found(hub, "kind:image imag*")[asset].excerpts


def test_long_pages_are_looked_through_as_far_as_it_is_quick(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "OF_A_PAGE", 30)
    assets = [asset_row(hub, f"{number}.jpg") for number in range(3)]
    for asset in assets:
        write(hub, asset, "sneakers ahead")
    rebuild(hub)
    hits = found(hub, "sneakers")
    assert set(hits) == set(assets)
    assert sum(bool(one.excerpts) for one in hits.values()) == 2


def test_an_order_that_came_after_the_index_hides_excerpts(hub: Hub) -> None:
    asset = asset_row(hub, "sneakers.jpg")
    write(hub, asset, "sneakers")
    rebuild(hub)
    assert found(hub, "sneakers")[asset].excerpts
    with hub.database.write() as session:
        row = session.get(AssetRights, asset) or AssetRights(asset_id=asset, updated_at=hub.now())
        row.legal_order = True
        session.add(row)
    assert marked(found(hub, "sneakers", actor_of(user_row(hub, "legal")))[asset]) == {"ocr": ["sneakers"]}
    assert not found(hub, "sneakers", actor_of(user_row(hub, "content_manager")))[asset].excerpts
