"""What is taken back takes with it whatever was written on the strength of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.permissions.rows import SCOPE, TRACE, allowed, asked, link_in, own_asset, work_off, yes
from tests.ugc_hub.rows import with_clock
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from ugc_hub import licensing, permissions, submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Withdrawal, giving
from ugc_hub.licensing.descent import standing_of
from ugc_hub.models import ConsentRecord, Grant
from ugc_hub.submissions import sign
from ugc_hub.submissions.mine import Whose, see_mine

REPOST = "organic_social.instagram"


def grants(hub: Hub, layer: str = "copyright") -> list[str]:
    with hub.database.read() as session:
        return list(session.scalars(select(Grant.id).where(Grant.layer == layer).order_by(Grant.id)))


def narrowed(hub: Hub, grant_id: str, **change: Any) -> str:
    """Narrow a grant, which takes effect at once, and return the id of the new version."""
    (row,) = giving.renew(hub, SYSTEM, grant_id=grant_id, change={"channels": [REPOST], **change})
    assert row["state"] == "active"
    return str(row["id"])


@pytest.fixture
def receipt(hub: Hub) -> tuple[str, str]:
    """An asset whose creator said yes to a request, and the token of the receipt."""
    asset = own_asset(hub)
    _, token = asked(hub, asset, scope={**SCOPE, "notice_days": 0})
    yes(hub, token)
    return asset, link_in(work_off(hub)[-1]).rpartition("/")[2]


def test_a_receipt_also_takes_back_a_version_that_somebody_narrowed(hub: Hub, receipt: tuple[str, str]) -> None:
    asset, token = receipt
    narrowed(hub, narrowed(hub, grants(hub)[0], channels=["email", REPOST]))
    assert allowed(hub, asset, REPOST)
    permissions.withdraw(hub, token, "", TRACE)
    assert not allowed(hub, asset, REPOST)
    with hub.database.read() as session:
        assert standing_of(session, grants(hub)) == []


def test_a_version_that_waits_for_its_proof_is_taken_back_too(hub: Hub, receipt: tuple[str, str]) -> None:
    asset, token = receipt
    (wider,) = giving.renew(hub, SYSTEM, grant_id=grants(hub)[0], change={"channels": [REPOST, "tv"]})
    assert wider["state"] == "pending"
    permissions.withdraw(hub, token, "", TRACE)
    proof = licensing.Proof("esign_pdf", b"%PDF-1.7 older", "application/pdf")
    giving.prove(hub, SYSTEM, grant_id=str(wider["id"]), proof=proof, activate=True)
    assert not allowed(hub, asset, REPOST)


def test_what_was_ended_on_one_channel_can_still_be_taken_back_whole(hub: Hub, receipt: tuple[str, str]) -> None:
    asset, token = receipt
    with hub.database.write() as session:
        part = Withdrawal("platform_revoked", channels=("email",))
        licensing.revoke(hub, session, SYSTEM, grant_id=grants(hub)[0], withdrawal=part)
    assert allowed(hub, asset, REPOST)
    permissions.withdraw(hub, token, "", TRACE)
    assert not allowed(hub, asset, REPOST)


def handed(hub: Hub) -> tuple[str, str, str]:
    """Hand in without confirming the address; return asset, submission and consent."""
    asset = give(hub, begun_ := begun(hub))
    submission = handed_in(hub, begun_)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    with hub.database.read() as session:
        found = session.scalars(select(ConsentRecord.id).where(ConsentRecord.submission_id == submission)).one()
    return asset, submission, found


@pytest.mark.parametrize("change", ["narrowed", "partly ended", "suspended"])
def test_the_receipt_of_a_submission_ends_all_that_rests_on_it(hub: Hub, change: str) -> None:
    asset, _, record = handed(hub)
    for grant in [*grants(hub), *grants(hub, "likeness")]:
        if change == "narrowed":
            narrowed(hub, grant)
            continue
        with hub.database.write() as session:
            if change == "suspended":
                licensing.set_state(hub, session, SYSTEM, grant_id=grant, state="suspended")
            else:
                part = Withdrawal("platform_revoked", channels=("email",))
                licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=part)
    link = sign(hub, "withdraw", record)
    assert sorted(submissions.look_at_receipt(hub, link).ends) == ["copyright", "likeness"]
    assert allowed(hub, asset, REPOST) == (change != "suspended")
    submissions.withdraw(hub, link, ["likeness"])
    assert sorted(submissions.look_at_receipt(hub, link).ends) == ["copyright"]
    if change == "suspended":
        for grant in grants(hub, "likeness"):
            with hub.database.write() as session:
                licensing.set_state(hub, session, SYSTEM, grant_id=grant, state="active")
    assert not allowed(hub, asset, REPOST)
    assert submissions.withdraw(hub, link, ["likeness"]) == {}


def test_an_address_is_confirmed_although_the_grant_was_narrowed_meanwhile(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset, submission, _ = handed(hub)
    clock.go_on(days=2)
    newer = narrowed(hub, grants(hub)[0], channels=[REPOST, "email"])
    with hub.database.read() as session:
        signed_at = session.get_one(Grant, newer).body["signed_at"]
    assert not allowed(hub, asset, "email")
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    assert allowed(hub, asset, "email", edits=frozenset({"crop"}))
    assert not allowed(hub, asset, "website")
    with hub.database.read() as session:
        newest = session.get_one(Grant, grants(hub)[-1])
        assert (newest.body["evidence_level"], newest.body["signed_at"]) == (2, signed_at)


def test_handing_in_anew_suspends_a_narrowed_version_too(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token)
    newer = narrowed(hub, grants(hub)[0])
    submissions.decide(hub, SYSTEM, submission, decision="ask", note="Without the cup, please.")
    with hub.database.read() as session:
        assert session.get_one(Grant, newer).state == "suspended"


def test_a_creators_page_offers_the_withdrawal_of_a_narrowed_version(hub: Hub) -> None:
    own = begun(hub, creator="ana")
    give(hub, own)
    handed_in(hub, own)
    narrowed(hub, grants(hub)[0])
    with hub.database.read() as session:
        record = session.scalars(select(ConsentRecord)).one()
    agreed = see_mine(hub, Whose(person_id=record.person_id)).agreed
    live = [one for one in agreed if "running" in one.standings]
    assert len(live) == 2, "the narrowed licence, and the release of the older version"
    assert {one.withdraw for one in live} == {f"/w/{sign(hub, 'withdraw', record.id)}"}
