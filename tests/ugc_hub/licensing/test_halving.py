"""A change that takes something away and adds something: the first does not wait for the second."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Proof, Use
from ugc_hub.licensing.giving import prove, renew
from ugc_hub.licensing.versions import serving
from ugc_hub.models import Grant, GrantSupersession

PROOF = Proof("qualified_signature", b"yes", "application/pdf")
FIRST: dict[str, Any] = {
    "channels": ["email", "website"],
    "territories": ["DE", "FR"],
    "edits": ["crop"],
    "perpetual": False,
    "ends_at": "2060-01-01T00:00:00Z",
    "max_uses": 10,
    "uses": 0,
}


@pytest.fixture
def asset(hub: Hub) -> str:
    return asset_row(hub)


@pytest.fixture
def grant(hub: Hub, asset: str) -> str:
    made = clear(hub, asset, evidence_ok=False, **FIRST)
    with hub.database.write() as session:
        licensing.attach(hub, session, SYSTEM, grant_id=made, proof=PROOF)
    return made


def reason(hub: Hub, asset: str, channel: str = "email", place: str = "DE", *edits: str) -> str | None:
    with hub.database.read() as session:
        use = Use(channel, (place,), edits=frozenset(edits))
        return licensing.ask(hub, session, asset, use).primary_reason


def versions(hub: Hub) -> list[tuple[str, bool]]:
    with hub.database.read() as session:
        rows = session.scalars(select(Grant).order_by(Grant.id))
        return [(row.state, row.evidence_ok) for row in rows]


def test_what_is_taken_away_is_gone_at_once_and_what_is_added_waits_for_its_proof(
    hub: Hub, asset: str, grant: str
) -> None:
    (shown,) = renew(hub, SYSTEM, grant_id=grant, change={"channels": ["website", "ooh"], "edits": ["crop", "trim"]})
    assert shown["state"] == "pending"
    assert versions(hub) == [("active", True), ("active", True), ("pending", False)]
    assert reason(hub, asset, "email") is not None
    assert reason(hub, asset, "website") is None, "both versions allow it"
    assert reason(hub, asset, "website", "DE", "crop") is None
    assert reason(hub, asset, "ooh") is not None
    assert reason(hub, asset, "website", "DE", "trim") is not None
    with hub.database.read() as session:
        between = serving(session, shown["id"])
        assert between not in (None, grant)
        assert session.get_one(GrantSupersession, (between, grant))
    prove(hub, SYSTEM, grant_id=shown["id"], proof=PROOF, activate=True)
    assert [reason(hub, asset, one) for one in ("website", "ooh")] == [None, None]
    assert reason(hub, asset, "website", "DE", "trim") is None
    assert reason(hub, asset, "email") is not None


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"channels": ["email", "website", "ooh"], "territories": ["DE"]}, ("email", "FR")),
        ({"channels": ["email", "ooh"], "exclude_territories": ["FR"]}, ("email", "FR")),
        ({"territories": ["WORLD"], "channels": ["email"]}, ("website", "DE")),
        ({"territories": ["DE", "US"]}, ("email", "FR")),
        ({"channels": ["*"], "duties": [{"duty": "approval"}]}, ("email", "DE")),
        ({"edits": ["any_edit"], "ends_at": "2020-02-01T00:00:00Z"}, ("email", "DE")),
        ({"edits": ["any_edit"], "max_uses": 0}, ("email", "DE")),
        ({"edits": "any_edit", "exclude_territories": "FR"}, ("email", "FR")),
    ],
)
def test_each_dimension_is_halved_by_itself(
    hub: Hub, asset: str, grant: str, change: dict[str, Any], gone: tuple[str, str]
) -> None:
    assert reason(hub, asset, *gone) is None
    (shown,) = renew(hub, SYSTEM, grant_id=grant, change=change)
    assert shown["state"] == "pending"
    assert reason(hub, asset, *gone) is not None


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"channels": ["email", "website", "ooh"]}, 2),
        ({"channels": ["email"]}, 2),
        ({"channels": ["ooh"]}, 2),
        ({"ends_at": "2070-01-01T00:00:00Z"}, 2),
    ],
    ids=["only more", "only less", "nothing in common", "longer"],
)
def test_what_needs_no_halving_is_one_version(
    hub: Hub, asset: str, grant: str, change: dict[str, Any], count: int
) -> None:
    renew(hub, SYSTEM, grant_id=grant, change=change)
    assert len(versions(hub)) == count
    assert reason(hub, asset, "email") is None


def test_who_renews_for_later_keeps_what_they_have(hub: Hub, asset: str, grant: str) -> None:
    change = {"starts_at": "2060-01-01T00:00:00Z", "ends_at": "2070-01-01T00:00:00Z"}
    renew(hub, SYSTEM, grant_id=grant, change=change)
    assert len(versions(hub)) == 2
    assert reason(hub, asset, "email") is None


def test_a_change_that_comes_with_its_proof_is_in_force_as_a_whole(hub: Hub, asset: str, grant: str) -> None:
    (shown,) = renew(hub, SYSTEM, grant_id=grant, change={"channels": ["website", "ooh"]}, proof=PROOF)
    assert (shown["state"], len(versions(hub))) == ("active", 2)
    assert reason(hub, asset, "ooh") is None


def test_a_term_in_words_is_halved_at_its_end(hub: Hub, asset: str) -> None:
    window = {"trigger": "date", "start": "2020-01-01", "until": "2060-12-31", "zone": "UTC"}
    plain = {**FIRST, "window": window}
    for name in ("ends_at", "perpetual"):
        plain.pop(name)
    made = clear(hub, asset, evidence_ok=False, starts_at=None, perpetual=None, **plain)
    with hub.database.write() as session:
        licensing.attach(hub, session, SYSTEM, grant_id=made, proof=PROOF)
    assert reason(hub, asset) is None
    earlier = {**window, "start": "2019-01-01", "until": "2021-12-31"}
    renew(hub, SYSTEM, grant_id=made, change={"window": earlier})
    assert reason(hub, asset) in ("EXPIRED", "SUPERSEDED"), "the later end holds, the earlier beginning waits"
