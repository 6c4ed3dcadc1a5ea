"""Partnerships: what arrives in their time is cleared as it arrives, and nothing else is."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import AMPLE
from tests.ugc_hub.permissions.rows import SCOPE, allowed, events_of, grants_of, link_in, pass_days, work_off, yes
from tests.ugc_hub.rows import user_row, with_clock
from ugc_hub import ingest, licensing, permissions
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.creators import creator_by_handle
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, Proof
from ugc_hub.licensing.giving import prove, renew
from ugc_hub.models import AssetPerson, AssetRights, Partnership
from ugc_hub.permissions import Ask, Signed, Terms

PDF = b"%PDF-1.7 contract"
ANSWERS: Mapping[str, Any] = {
    "digital_source_type": "digitalCapture",
    "is_testimonial": False,
    "people": [],
    "properties": [],
    "music": "none",
}


def arrives(hub: Hub, creator: str = "ana", seed: int = 1, **known: Any) -> str:
    """Take a photo in as anybody does; it is not measured."""
    data = jpeg(64, 64, seed)
    upload = ingest.Upload("photo.jpg", "api", creator=creator, size_bytes=len(data), **known)
    return ingest.accept(hub, SYSTEM, io.BytesIO(data), upload).asset_id


def partnership(hub: Hub, **known: Any) -> Partnership:
    today = hub.now().date()
    values = {"creator": "ana", "kind": "paid", "starts_on": today, "ends_on": today + timedelta(days=90)}
    return permissions.add_partnership(hub, SYSTEM, Terms(**{**values, **known}))


def signed(hub: Hub, row: Partnership, **known: Any) -> None:
    values = {"scope": {**SCOPE, "window": {"perpetual": True}}, "data": PDF, "media_type": "application/pdf"}
    permissions.sign(hub, SYSTEM, row.id, signed=Signed(**{**values, **known}))


def rights_of(hub: Hub, asset_id: str) -> AssetRights | None:
    with hub.database.read() as session:
        return session.get(AssetRights, asset_id)


def test_what_arrives_under_a_signed_partnership_can_be_used_at_once(hub: Hub) -> None:
    row = partnership(hub, answers=ANSWERS, active=True)
    signed(hub, row)
    asset = arrives(hub)
    rights = rights_of(hub, asset)
    assert rights is not None
    assert (rights.status, rights.compensation) == ("active", "paid")
    assert allowed(hub, asset, "email")
    assert not allowed(hub, asset, "tv.linear")
    assert "asset.covered" in events_of(hub, asset)


def test_where_the_partnership_does_not_open_what_arrives_somebody_reviews_it(hub: Hub) -> None:
    row = partnership(hub)
    signed(hub, row)
    asset = arrives(hub)
    rights = rights_of(hub, asset)
    assert rights is not None
    assert (rights.status, rights.compensation, rights.people_state) == ("pending_review", "paid", "unknown")
    assert len(grants_of(hub, asset)) == 1
    assert not allowed(hub, asset, "email")


def test_nothing_else_is_covered(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    early = arrives(hub, seed=1)
    pass_days(clock, 2)
    row = partnership(hub, answers=ANSWERS, active=True, campaign="Spring")
    signed(hub, row)
    assert grants_of(hub, early) == []
    assert grants_of(hub, arrives(hub, creator="ben", seed=2, campaign="Spring")) == []
    assert grants_of(hub, arrives(hub, seed=3)) == []
    assert len(grants_of(hub, arrives(hub, seed=4, campaign="Spring"))) == 1
    pass_days(clock, 95)
    assert grants_of(hub, arrives(hub, seed=5, campaign="Spring")) == []


def test_a_partnership_without_an_agreement_covers_nothing_until_it_is_signed(hub: Hub) -> None:
    row = partnership(hub, answers=ANSWERS, active=True)
    asset = arrives(hub)
    assert grants_of(hub, asset) == []
    signed(hub, row)
    assert allowed(hub, asset, "email")


def test_the_creator_agrees_to_a_partnership_by_link(hub: Hub) -> None:
    row = partnership(hub, answers=ANSWERS, active=True)
    request = permissions.draft(hub, SYSTEM, Ask(SCOPE, partnership_id=row.id, email="ana@example.org"))
    permissions.send(hub, SYSTEM, request.id)
    token = link_in(work_off(hub)[-1]).rpartition("/")[2]
    assert "everything you hand in from" in permissions.opened(hub, token).text
    yes(hub, token)
    asset = arrives(hub)
    assert allowed(hub, asset, "email")
    (grant,) = grants_of(hub, asset)
    assert grant.body["evidence_level"] == 2
    with hub.database.read() as session:
        assert session.get_one(Partnership, row.id).agreement_id is not None


def test_the_creator_may_be_seen_where_they_signed_for_that(hub: Hub) -> None:
    with hub.database.write() as session:
        creator = creator_by_handle(hub, session, "ana").id
        data = PersonData(name="Ana")
        person = licensing.add_person(hub, session, SYSTEM, data, is_adult=True, creator_id=creator).id
    row = partnership(hub, answers={**ANSWERS, "people": [person]}, active=True)
    signed(hub, row, person_id=person)
    asset = arrives(hub)
    with hub.database.read() as session:
        assert session.scalars(select(AssetPerson.person_id).where(AssetPerson.asset_id == asset)).all() == [person]
    assert {grant.layer for grant in grants_of(hub, asset)} == {"copyright", "likeness"}
    assert allowed(hub, asset, "email")


def test_changing_one_grant_of_a_contract_leaves_the_others_for_what_arrives_next(hub: Hub) -> None:
    with hub.database.write() as session:
        creator = creator_by_handle(hub, session, "ana").id
        data = PersonData(name="Ana")
        person = licensing.add_person(hub, session, SYSTEM, data, is_adult=True, creator_id=creator).id
    signed(hub, partnership(hub, answers={**ANSWERS, "people": [person]}, active=True), person_id=person)
    first = arrives(hub)
    (copyright_,) = (grant.id for grant in grants_of(hub, first) if grant.layer == "copyright")
    (narrow,) = renew(hub, SYSTEM, grant_id=copyright_, change={"channels": ["email"]})
    second = arrives(hub, seed=2)
    assert {grant.layer for grant in grants_of(hub, second)} == {"copyright", "likeness"}
    for asset in (first, second):
        assert allowed(hub, asset, "email")
        assert not allowed(hub, asset, "website.pdp")
    (wide,) = renew(hub, SYSTEM, grant_id=narrow["id"], change={"channels": ["email", "website"]})
    assert wide["state"] == "pending"
    third = arrives(hub, seed=3)
    assert allowed(hub, third, "email")
    assert not allowed(hub, third, "website.pdp")
    prove(hub, SYSTEM, grant_id=wide["id"], proof=Proof("esign_pdf", b"She agreed."), activate=True)
    for asset in (first, second, third, arrives(hub, seed=4)):
        assert allowed(hub, asset, "email")
        assert allowed(hub, asset, "website.pdp")


def test_a_contract_that_was_written_anew_stands_for_the_one_before(hub: Hub) -> None:
    row = partnership(hub, answers=ANSWERS, active=True)
    signed(hub, row)
    (grant,) = grants_of(hub, arrives(hub))
    with hub.database.write() as session:
        agreement = session.get_one(Partnership, row.id).agreement_id
        version = licensing.agree(hub, session, SYSTEM, licensing.Agreed("licence", agreement_id=agreement))
        plain = {**AMPLE, "effect": "permit", "layer": "copyright", "channels": ["tv"]}
        anew = licensing.add(hub, session, SYSTEM, licensing.Draft(plain, (), version.id)).id
    assert [one.id for one in grants_of(hub, arrives(hub, seed=2))] == [anew]
    assert grant.id != anew


def test_somebody_elses_likeness_cannot_be_signed_away(hub: Hub) -> None:
    with hub.database.write() as session:
        person = licensing.add_person(hub, session, SYSTEM, PersonData(name="Eve"), is_adult=True).id
    row = partnership(hub)
    with pytest.raises(NotFound):
        signed(hub, row, person_id=person)
    with hub.database.read() as session:
        assert session.get_one(Partnership, row.id).agreement_id is None


def test_ending_a_partnership_leaves_what_came_before(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    row = partnership(hub, answers=ANSWERS, active=True)
    signed(hub, row)
    before = arrives(hub, seed=1)
    pass_days(clock, 1)
    permissions.end(hub, SYSTEM, row.id)
    pass_days(clock, 1)
    after = arrives(hub, seed=2)
    assert allowed(hub, before, "email")
    assert grants_of(hub, after) == []
    with pytest.raises(Conflict):
        permissions.end(hub, SYSTEM, row.id)
    with pytest.raises(Conflict):
        signed(hub, row)


def test_what_somebody_looked_at_is_not_opened_again(hub: Hub) -> None:
    row = partnership(hub, answers=ANSWERS, active=True)
    asset = arrives(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    signed(hub, row)
    rights = rights_of(hub, asset)
    assert rights is not None
    assert rights.status == "hold"


def test_the_companys_own_content_is_not_a_creators(hub: Hub) -> None:
    signed(hub, partnership(hub, answers=ANSWERS, active=True))
    asset = arrives(hub, own=True)
    rights = rights_of(hub, asset)
    assert rights is not None
    assert rights.compensation == "none"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "friendship"}, "kind"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"fee_micros": 5}, "currency"),
        ({"fee_micros": -5, "currency": "EUR"}, "fee_micros"),
        ({"answers": {"status": "active"}}, "answers"),
        ({"answers": {"music": "loud"}}, "answers"),
        ({"answers": {"people": 5}}, "answers"),
        ({"answers": {"people": ["prs_nobody"]}}, "answers"),
        ({"answers": {"properties": ["prp_none"]}}, "answers"),
        ({"answers": {"digital_source_type": "camera"}}, "answers"),
        ({"active": True}, "answers"),
        ({"active": True, "answers": {**ANSWERS, "music": "unknown"}}, "answers"),
        ({"active": True, "answers": {**ANSWERS, "digital_source_type": None}}, "answers"),
        ({"creator": "two words"}, "creator"),
    ],
)
def test_a_partnership_that_cannot_be_is_refused(hub: Hub, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        partnership(hub, **change)
    assert caught.value.extra["field"] == field


def test_a_partnership_does_not_end_before_it_starts(hub: Hub) -> None:
    with pytest.raises(Invalid, match="before it starts"):
        partnership(hub, ends_on=hub.now().date() - timedelta(days=2))


@pytest.mark.parametrize("role", ["designer", "channel_team", "viewer", "creator"])
def test_only_those_who_may_ask_keep_partnerships(hub: Hub, role: str) -> None:
    row = partnership(hub)
    actor = Actor(user_row(hub, role).id, role)
    with pytest.raises(Forbidden):
        permissions.end(hub, actor, row.id)
    with pytest.raises(Forbidden):
        permissions.add_partnership(hub, actor, Terms("ana", "paid", hub.now().date()))
