"""Asking for permission by a link: what is written is what was read and agreed to, and never more than was asked."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.permissions.rows import (
    SCOPE,
    TRACE,
    allowed,
    asked,
    grants_of,
    own_asset,
    pass_days,
    yes,
)
from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import licensing, permissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing.canonical import digest
from ugc_hub.licensing.sealing import unseal
from ugc_hub.models import AgreementVersion, DataKey, Evidence, Person, RightsRequest
from ugc_hub.permissions import Answer, Choice, text_digest


def request_of(hub: Hub, request_id: str) -> RightsRequest:
    with hub.database.read() as session:
        return session.get_one(RightsRequest, request_id)


def evidence_of(hub: Hub, grant_id: str) -> dict[str, Any]:
    with hub.database.read() as session:
        row = session.scalars(select(Evidence).where(Evidence.grant_id == grant_id)).one()
    with hub.storage.open(row.storage_key) as file:
        plain: dict[str, Any] = json.loads(file.read())
    return plain


def test_a_yes_opens_exactly_what_was_asked(hub: Hub) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    assert not allowed(hub, asset, "email")
    yes(hub, token)
    assert allowed(hub, asset, "email", edits=frozenset({"crop"}))
    assert not allowed(hub, asset, "paid_social.meta")
    assert not allowed(hub, asset, "email", territories=("FR",))
    assert not allowed(hub, asset, "email", edits=frozenset({"ai_generative_edit"}))
    (grant,) = grants_of(hub, asset)
    assert (grant.body["evidence_level"], grant.evidence_ok, grant.state) == (2, True, "active")
    assert request_of(hub, request_id).state == "granted"


def test_the_grant_ends_when_the_year_is_over(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub)
    yes(hub, asked(hub, asset)[1])
    assert allowed(hub, asset, "email")
    pass_days(clock, 366)
    assert not allowed(hub, asset, "email")


def test_a_link_that_was_handed_on_proves_no_address_and_counts_less(hub: Hub) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset, copied=True)
    yes(hub, token)
    (grant,) = grants_of(hub, asset)
    assert grant.body["evidence_level"] == 1
    assert allowed(hub, asset, "organic_social.instagram")
    assert not allowed(hub, asset, "email")
    assert evidence_of(hub, grant.id)["link"]["address_proven"] is False


def test_narrowing_writes_only_what_was_accepted(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    last = (clock.at + timedelta(days=30)).date()
    row = yes(hub, token, channels=("website",), territories=("DE",), edits=(), until=last)
    assert row.asked["channels"] == sorted(SCOPE["channels"])
    (grant,) = grants_of(hub, asset)
    assert (grant.body["channels"], grant.body["territories"], grant.body["edits"]) == (["website"], ["DE"], [])
    assert allowed(hub, asset, "website")
    assert not allowed(hub, asset, "email")
    assert not allowed(hub, asset, "website", territories=("AT",))
    pass_days(clock, 32)
    assert not allowed(hub, asset, "website")


def test_a_later_last_day_than_that_of_the_request_changes_nothing(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    yes(hub, token, until=date(2099, 1, 1))
    (grant,) = grants_of(hub, asset)
    assert grant.ends_at is not None
    assert grant.ends_at <= clock.at + timedelta(days=366)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channels", ("email", "tv.linear")),
        ("channels", ("*",)),
        ("channels", ("organic_social",)),
        ("territories", ("DE", "WORLD")),
        ("territories", ("EU",)),
        ("edits", ("crop", "any_edit")),
        ("edits", ("ai_training",)),
        ("exclusive", True),
        ("likeness", True),
    ],
)
def test_an_answer_that_widens_the_request_writes_nothing(hub: Hub, field: str, value: Any) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    everything = permissions.everything(request_of(hub, request_id).asked)
    wide: Choice = replace(everything, **{field: value})
    shown = permissions.opened(hub, token).text
    with pytest.raises(Invalid) as caught:
        permissions.accept(hub, token, Answer(wide, "Eve", True, text_digest(shown)), TRACE)
    assert caught.value.code == "wider_than_asked"
    assert grants_of(hub, asset) == []
    assert request_of(hub, request_id).state == "sent"


def test_the_last_look_before_writing_refuses_a_wider_scope(hub: Hub) -> None:
    from ugc_hub.permissions.scope import clean_scope, wider

    small = clean_scope(SCOPE)
    now = hub.now()
    assert wider(small, small, now) == []
    for member, value in (
        ("channels", [*small["channels"], "tv"]),
        ("window", {**small["window"], "count": 13}),
        ("window", {"trigger": "signature", "perpetual": True, "zone": "UTC"}),
        ("exclusive", True),
        ("products", ["Shoes"]),
        ("credit", False),
    ):
        assert wider({**small, member: value}, small, now) == [member]


def test_nothing_left_is_a_no_and_not_an_empty_yes(hub: Hub) -> None:
    _, token = asked(hub, own_asset(hub))
    for member in ("channels", "territories"):
        nothing: dict[str, Any] = {member: ()}
        with pytest.raises(Invalid, match="decline"):
            yes(hub, token, **nothing)
    with pytest.raises(Invalid, match="over already"):
        yes(hub, token, until=date(2020, 1, 1))


def test_without_a_name_a_tick_or_the_text_that_was_shown_there_is_no_agreement(hub: Hub) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    choice = permissions.everything(request_of(hub, request_id).asked)
    text = permissions.opened(hub, token).text
    for answer, wrong in (
        (Answer(choice, " \x00\n ", True, text_digest(text)), "name"),
        (Answer(choice, "Ana", False, text_digest(text)), "box"),
    ):
        with pytest.raises(Invalid, match=wrong):
            permissions.accept(hub, token, answer, TRACE)
    with pytest.raises(Conflict) as caught:
        permissions.accept(hub, token, Answer(choice, "Ana", True, text_digest("another text")), TRACE)
    assert caught.value.code == "text_changed"
    narrowed = replace(choice, channels=("website",))
    with pytest.raises(Conflict):
        permissions.accept(hub, token, Answer(narrowed, "Ana", True, text_digest(text)), TRACE)
    assert grants_of(hub, asset) == []


def test_the_text_and_the_evidence_say_what_was_shown_and_answered(hub: Hub) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset, locale="de", scope={**SCOPE, "fee_micros": 250_000_000, "currency": "EUR"})
    text = permissions.opened(hub, token).text
    assert "E-Mails und Newsletter" in text
    assert "250.00 EUR" in text
    assert "{" not in text
    row = yes(hub, token)
    with hub.database.read() as session:
        version = session.get_one(AgreementVersion, row.version_id)
        person = session.get_one(Person, row.person_id)
        key = session.get_one(DataKey, person.key_id)
    assert version.text_sha256 == text_digest(text)
    assert licensing.read_text(hub, version.text_sha256) == text
    (grant,) = grants_of(hub, asset)
    kept = evidence_of(hub, grant.id)
    assert kept["shown"]["text_sha256"] == version.text_sha256
    assert kept["shown"]["asked"] == row.asked
    assert kept["answered"]["accepted_sha256"] == digest(row.answer)
    assert kept["shown"]["assets"][0]["id"] == asset
    raw = json.dumps(kept)
    assert all(secret not in raw for secret in ("203.0.113.7", "Ana Ant", "ana@example.org", "A browser"))
    plain = unseal(hub, key, base64.b64decode(kept["sealed"]))
    assert plain == {"ip": "203.0.113.7", "agent": "A browser/1.0", "email": "ana@example.org", "name": "Ana Ant"}


def test_a_fee_is_paid_first_and_has_to_be_disclosed(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    _, token = asked(hub, asset, scope={**SCOPE, "fee_micros": 5_000_000, "currency": "EUR"})
    yes(hub, token)
    (grant,) = grants_of(hub, asset)
    assert {"duty": "pay", "phase": "pre", "amount_micros": 5_000_000, "currency": "EUR"} in grant.body["duties"]
    with hub.database.write() as session:
        assert licensing.row_of(hub, session, asset).compensation == "paid"


def test_whoever_may_be_seen_says_that_they_are_of_age(hub: Hub) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset, scope={**SCOPE, "likeness": True})
    row = yes(hub, token)
    assert row.person_id is not None
    with hub.database.write() as session:
        assert session.get_one(Person, row.person_id).is_adult is True
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [row.person_id]})
    assert {grant.layer for grant in grants_of(hub, asset)} == {"copyright", "likeness"}
    assert allowed(hub, asset, "email")


def test_leaving_oneself_out_gives_no_likeness(hub: Hub) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset, scope={**SCOPE, "likeness": True})
    yes(hub, token, likeness=False)
    assert [grant.layer for grant in grants_of(hub, asset)] == ["copyright"]


def test_a_minor_cannot_say_yes_for_themselves(hub: Hub) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    with hub.database.write() as session:
        person = session.get_one(RightsRequest, request_id).person_id
        assert person is not None
        licensing.set_adult(hub, session, SYSTEM, person_id=person, is_adult=False)
    with pytest.raises(Conflict) as caught:
        yes(hub, token)
    assert caught.value.code == "guardian_required"
    assert grants_of(hub, asset) == []
