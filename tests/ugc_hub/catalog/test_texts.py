"""Words in an asset: written by hand, found, hidden by a legal order, gone with their asset."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.ugc_hub.rows import asset_row, creator_actor, user_row
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.accounts.actors import Actor
from ugc_hub.catalog import Change, Search, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.catalog.texts import LONGEST
from ugc_hub.errors import Forbidden, Invalid, LegalOrder, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights, AssetText, Event


def write(hub: Hub, asset_id: str, words: str, kind: str = "transcript", language: str = "") -> None:
    catalog.set_text(hub, SYSTEM, asset_id, kind, words=words, language=language)


def order(hub: Hub, asset_id: str) -> None:
    """Let a legal order hide an asset."""
    with hub.database.write() as session:
        row = session.get(AssetRights, asset_id) or AssetRights(asset_id=asset_id, updated_at=hub.now())
        row.legal_order = True
        session.add(row)


def found(hub: Hub, text: str, actor: Actor = SYSTEM) -> list[str]:
    rebuild(hub)
    return [one.asset.id for one in catalog.search(hub, actor, Search(text=text)).items]


def test_words_are_kept_by_kind_and_told_to_the_audit_without_what_they_say(hub: Hub) -> None:
    asset = asset_row(hub)
    write(hub, asset, " Hello\r\nCafe\u0301 \x00", language="FR")
    write(hub, asset, "SALE", "ocr")
    ocr, spoken = catalog.texts(hub, SYSTEM, asset)
    assert (ocr.kind, ocr.words, ocr.by_hand, ocr.reader, ocr.confidence) == ("ocr", "SALE", True, "", None)
    assert (spoken.words, spoken.language) == ("Hello\nCafé", "fr")
    with hub.database.read() as session:
        told = session.scalars(select(Event).where(Event.kind == "asset.words_written").order_by(Event.id)).all()
    assert [event.body for event in told] == [{"text": "transcript"}, {"text": "ocr"}]


def test_the_same_words_again_are_no_change(hub: Hub) -> None:
    asset = asset_row(hub)
    for _ in range(2):
        write(hub, asset, "Hello")
    with hub.database.read() as session:
        assert len(session.scalars(select(Event).where(Event.kind == "asset.words_written")).all()) == 1


def test_words_by_hand_take_the_place_of_what_was_read(hub: Hub) -> None:
    asset = asset_row(hub)
    with hub.database.write() as session:
        known = {"words": "SA1E", "confidence": 0.7, "reader": "tells/3 en", "changed_at": hub.now()}
        session.add(AssetText(asset_id=asset, kind="ocr", **known))
    assert catalog.texts(hub, SYSTEM, asset)[0].reader == "tells/3 en"
    write(hub, asset, "", "ocr")
    (text,) = catalog.texts(hub, SYSTEM, asset)
    assert (text.words, text.by_hand, text.reader, text.confidence) == ("", True, "", None)


def test_what_cannot_be_kept_is_refused(hub: Hub) -> None:
    asset = asset_row(hub)
    with pytest.raises(Invalid):
        write(hub, asset, "a" * (LONGEST + 1))
    with pytest.raises(Invalid):
        write(hub, asset, "a", language="english")
    with pytest.raises(NotFound):
        write(hub, asset, "a", "song")
    with pytest.raises(NotFound):
        write(hub, "ast_0", "a")
    assert catalog.texts(hub, SYSTEM, asset) == []


def test_only_who_edits_assets_writes_and_a_creator_sees_only_their_own(hub: Hub) -> None:
    ana, ben = creator_actor(hub, "ana"), creator_actor(hub, "ben")
    asset = asset_row(hub, creator="ana")
    write(hub, asset, "Hello")
    assert [text.words for text in catalog.texts(hub, ana, asset)] == ["Hello"]
    with pytest.raises(NotFound):
        catalog.texts(hub, ben, asset)
    with pytest.raises(Forbidden):
        catalog.set_text(hub, actor_of(user_row(hub, "viewer")), asset, "ocr", words="a")
    assert [text.words for text in catalog.texts(hub, SYSTEM, asset)] == ["Hello"]


def test_words_are_found_in_the_next_search(hub: Hub) -> None:
    one, other = asset_row(hub), asset_row(hub)
    write(hub, one, "Sneakers for everybody", "ocr")
    write(hub, other, "and now the weather")
    assert found(hub, "sneaker") == [one]
    assert found(hub, "weather") == [other]
    assert found(hub, "has:ocr") == [one]
    assert found(hub, "has:transcript") == [other]
    write(hub, one, "", "ocr")
    assert found(hub, "has:ocr") == []


def test_a_legal_order_hides_words_and_takes_them_out_of_the_search(hub: Hub) -> None:
    asset = asset_row(hub)
    write(hub, asset, "Sneakers", "ocr")
    assert found(hub, "sneakers") == [asset]
    order(hub, asset)
    assert found(hub, "sneakers") == []
    editor = actor_of(user_row(hub, "content_manager"))
    with pytest.raises(LegalOrder):
        catalog.texts(hub, editor, asset)
    with pytest.raises(LegalOrder):
        catalog.set_text(hub, editor, asset, "ocr", words="")
    assert catalog.texts(hub, actor_of(user_row(hub, "legal")), asset)[0].words == "Sneakers"


def test_words_go_into_the_trash_and_come_back_with_their_asset(hub: Hub) -> None:
    asset = asset_row(hub)
    write(hub, asset, "Sneakers")
    catalog.edit_many(hub, SYSTEM, Selection((asset,)), Change(trash=True))
    assert found(hub, "sneakers") == []
    catalog.edit_many(hub, SYSTEM, Selection((asset,)), Change(trash=False))
    assert found(hub, "sneakers") == [asset]


def test_words_are_erased_with_their_asset(hub: Hub) -> None:
    asset, other = asset_row(hub), asset_row(hub)
    for one in (asset, other):
        write(hub, one, "Sneakers")
    licensing.erase_asset(hub, SYSTEM, asset, reason="They asked for it")
    with hub.database.read() as session:
        assert list(session.scalars(select(AssetText.asset_id))) == [other]
    assert found(hub, "sneakers") == [other]


def test_a_caption_track_is_kept_as_the_words_in_it_and_only_as_a_transcript(hub: Hub) -> None:
    asset = asset_row(hub)
    track = "1\n00:00:01,000 --> 00:00:02,000\nSneakers for <i>everybody</i>\n"
    for kind in ("ocr", "transcript"):
        write(hub, asset, track, kind)
    assert [text.words for text in catalog.texts(hub, SYSTEM, asset)] == [track.strip(), "Sneakers for everybody"]
    assert found(hub, "everybody") == [asset]
    long = "\n\n".join(f"00:{n // 60:02}:{n % 60:02},000 --> 00:59:59,000\nword {n}" for n in range(3000))
    write(hub, asset, long)
    assert len(catalog.texts(hub, SYSTEM, asset)[1].words) < LONGEST < len(long)
    with pytest.raises(Invalid):
        write(hub, asset, long * 3)
