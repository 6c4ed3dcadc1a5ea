"""Terms: words and scope bound together, and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from tests.ugc_hub.rows import user_row
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import documents
from ugc_hub.licensing.documents import STARTER, Scope, Wording, binding, current_terms, read_scope, write_terms
from ugc_hub.models import TermsVersion


def test_a_new_hub_begins_with_a_text_that_says_it_needs_counsel(hub: Hub) -> None:
    first = current_terms(hub)
    assert first.is_starter
    assert "counsel" in first.text.splitlines()[0]
    assert first.scope == read_scope(STARTER.plain())
    assert current_terms(hub).id == first.id


def test_a_new_version_takes_the_place_of_the_old_one_which_stays(hub: Hub) -> None:
    first = current_terms(hub)
    second = write_terms(hub, SYSTEM, Wording("Ours", "New words.", STARTER, first.terms_id))
    assert (second.number, second.is_starter) == (2, False)
    assert current_terms(hub).id == second.id
    with hub.database.read() as session:
        assert documents.terms_version(hub, session, first.id).text == first.text
    assert [one.number for one in documents.list_terms(hub, SYSTEM)] == [2, 1]


def test_what_says_the_same_as_the_newest_version_is_no_new_one(hub: Hub) -> None:
    first = current_terms(hub)
    wording = Wording("Ours", "New words.", STARTER, first.terms_id)
    second = write_terms(hub, SYSTEM, wording)
    assert write_terms(hub, SYSTEM, wording) == second
    others = [replace(wording, title="Other"), replace(wording, locale="de"), replace(wording, text="Newer."), wording]
    assert [write_terms(hub, SYSTEM, one).number for one in others] == [3, 4, 5, 6], "back to older words is a change"
    assert [one.number for one in documents.list_terms(hub, SYSTEM)] == [6, 5, 4, 3, 2, 1]


def test_other_terms_stand_beside_those_of_the_hub_and_change_none_of_them(hub: Hub) -> None:
    own = current_terms(hub)
    other = write_terms(hub, SYSTEM, Wording("Bedingungen", "Worte.", STARTER, locale="de"))
    newer = write_terms(hub, SYSTEM, Wording("Bedingungen", "Andere Worte.", STARTER, other.terms_id, "de"))
    assert current_terms(hub) == own
    assert current_terms(hub, other.terms_id) == newer
    assert documents.terms_in_force(hub, SYSTEM) == [own, newer]
    with hub.database.read() as session:
        assert documents.terms_version(hub, session, other.id) == other
    with pytest.raises(Forbidden):
        documents.terms_in_force(hub, actor_of(user_row(hub, "designer")))


def test_neither_words_nor_scope_can_be_exchanged_unnoticed(hub: Hub) -> None:
    first = current_terms(hub)
    wider = replace(STARTER, channels=("tv",))
    assert binding(STARTER, first.text_sha256) == first.binding_sha256
    assert binding(wider, first.text_sha256) != first.binding_sha256
    assert binding(STARTER, "0" * 64) != first.binding_sha256
    with hub.database.write() as session:
        session.execute(update(TermsVersion).values(scope=wider.plain()))
    assert not current_terms(hub).intact


def test_the_order_of_words_does_not_change_a_scope() -> None:
    one, two = Scope(channels=("email", "website")), Scope(channels=("website", "email"))
    assert binding(one, "x") == binding(two, "x")


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"channels": []},
        {"channels": ["moon"]},
        {"channels": "email"},
        {"channels": ["email"], "territories": ["UK"]},
        {"channels": ["email"], "territories": []},
        {"channels": ["email"], "edits": ["ruin"]},
        {"channels": ["email"], "months": 0},
        {"channels": ["email"], "months": True},
        {"channels": ["email"], "revocable": "maybe"},
        {"channels": ["email"], "notice_days": -1},
        {"channels": ["email"], "credit": "yes"},
        {"channels": ["email"], "price": 3},
    ],
)
def test_a_scope_that_permits_nothing_or_cannot_be_meant_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_scope(plain)


def test_what_is_written_must_be_whole_and_by_somebody_who_may(hub: Hub) -> None:
    good = Wording("Ours", "Words.", STARTER)
    locales = [replace(good, locale=one) for one in ("e!", "12", "ää", "de-", "-de", "en-" + "abcdefgh-" * 2 + "x1")]
    for wrong in (replace(good, title=" "), replace(good, text=" "), *locales):
        with pytest.raises(Invalid):
            write_terms(hub, SYSTEM, wrong)
    with pytest.raises(NotFound):
        write_terms(hub, SYSTEM, replace(good, terms_id="trm_0"))
    with pytest.raises(Forbidden):
        write_terms(hub, actor_of(user_row(hub, "designer")), good)
