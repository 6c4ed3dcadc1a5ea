from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import SIGNED, clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Change, Draft, Proof, Use, Withdrawal
from ugc_hub.licensing.giving import renew
from ugc_hub.models import AgreementVersion, Evidence, Grant, GrantSupersession

PROOF = Proof("qualified_signature", b"yes", "application/pdf")


def reason(hub: Hub, asset_id: str, channel: str) -> str | None:
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, Use(channel, ("DE",))).primary_reason


def supersede(hub: Hub, grant_id: str, **plain: Any) -> str:
    with hub.database.write() as session:
        (row,) = licensing.supersede(hub, session, SYSTEM, grant_id=grant_id, change=Change(plain))
        return row.id


def proven(hub: Hub, asset_id: str, **plain: Any) -> str:
    grant = clear(hub, asset_id, evidence_ok=False, **plain)
    with hub.database.write() as session:
        licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=PROOF)
    return grant


def test_a_narrower_version_takes_the_place_of_the_old_one_and_keeps_its_proof(hub: Hub) -> None:
    asset = asset_row(hub)
    old = proven(hub, asset, channels=["email", "website"])
    new = supersede(hub, old, channels=["email"])
    assert reason(hub, asset, "email") is None
    assert reason(hub, asset, "website") in ("CHANNEL_NOT_GRANTED", "SUPERSEDED")
    with hub.database.read() as session:
        assert session.get_one(Grant, old).body["channels"] == ["email", "website"]
        assert session.get_one(Grant, new).evidence_ok
        proof = session.scalars(select(Evidence).where(Evidence.grant_id == new)).one()
        assert proof.storage_key == session.scalars(select(Evidence.storage_key).where(Evidence.grant_id == old)).one()


@pytest.mark.parametrize(
    ("narrower", "lost"),
    [
        ({"territories": ["FR"]}, Use("email", ("DE",))),
        ({"exclude_territories": ["DE"]}, Use("email", ("DE",))),
        ({"edits": ["crop"]}, Use("email", ("DE",), edits=frozenset({"color"}))),
        ({"channels": ["paid_social.meta"]}, Use("paid_social.tiktok", ("DE",))),
        ({"channels": ["email"]}, Use("website", ("DE",))),
        ({"products": ["shoe"]}, Use("email", ("DE",))),
        ({"perpetual": False, "ends_at": "2020-02-01T00:00:00Z"}, Use("email", ("DE",))),
        ({"duties": [{"duty": "approval"}]}, Use("email", ("DE",))),
        ({"max_uses": 1, "uses": 1}, Use("email", ("DE",))),
        ({"evidence_level": 0}, Use("email", ("DE",))),
        ({"sublicense_to": []}, Use("email", ("DE",), parties=frozenset({"agency"}))),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
def test_whatever_is_taken_back_is_gone_at_once(hub: Hub, narrower: dict[str, Any], lost: Use) -> None:
    asset = asset_row(hub)
    old = proven(hub, asset, channels=["*"], sublicense_to=["agency"])
    with hub.database.read() as session:
        assert licensing.ask(hub, session, asset, lost).allowed
    (shown,) = renew(hub, SYSTEM, grant_id=old, change=narrower)
    assert shown["state"] == "active"
    with hub.database.read() as session:
        assert not licensing.ask(hub, session, asset, lost).allowed


def test_a_narrower_version_keeps_the_meaning_and_the_seniority_of_the_old_signature(hub: Hub) -> None:
    asset = asset_row(hub)
    old = proven(hub, asset, territories=["EU"], signed_at="2010-01-01T00:00:00Z")
    assert reason(hub, asset, "email") == "TERRITORY_NOT_GRANTED", "nobody knows what the EU was then"
    supersede(hub, old, channels=["email"])
    assert reason(hub, asset, "email") == "TERRITORY_NOT_GRANTED"
    own = proven(hub, asset, signed_at="2019-01-01T00:00:00Z")
    clear(hub, asset, grantee=["rival"], exclusive=True, signed_at="2019-06-01T00:00:00Z")
    assert reason(hub, asset, "email") is None, "an exclusive licence leaves an older one alone"
    supersede(hub, own, channels=["email"])
    assert reason(hub, asset, "email") is None
    assert reason(hub, asset, "website") is not None


def test_a_narrower_version_begins_no_new_term_and_asks_no_second_time(hub: Hub) -> None:
    asset = asset_row(hub)
    window = {"trigger": "first_publication", "count": 30, "unit": "days"}
    old = proven(hub, asset, window=window, duties=[{"duty": "approval"}])
    with hub.database.write() as session:
        at = hub.now() - timedelta(days=29)
        ends = licensing.milestone(hub, session, SYSTEM, grant_id=old, name="first_published", at=at).ends_at
        licensing.fulfil(hub, session, SYSTEM, grant_id=old, duty="approval")
    new = supersede(hub, old, channels=["email"])
    assert reason(hub, asset, "email") is None
    with hub.database.read() as session:
        assert session.get_one(Grant, new).ends_at == ends
    last = supersede(hub, new, channels=["website"])
    with hub.database.read() as session:
        row = session.get_one(Grant, last)
        assert (row.ends_at, row.evidence_ok) == (ends, False), "it has been published, whoever signs what later"


@pytest.mark.parametrize(
    ("change", "proven_still"),
    [
        ({"count": 20}, True),
        ({"count": 30, "until": "2040-01-01"}, True),
        ({"count": 31}, False),
        ({"count": 30, "unit": "months"}, False),
        ({"count": 20, "trigger": "delivery"}, False),
        ({"count": None, "perpetual": True}, False),
    ],
)
def test_terms_that_have_not_begun_are_compared_in_words(hub: Hub, change: dict[str, Any], proven_still: bool) -> None:
    window = {"trigger": "first_publication", "count": 30, "unit": "days", "zone": "UTC"}
    old = proven(hub, asset_row(hub), window=window)
    new = supersede(hub, old, window={**window, **change})
    with hub.database.read() as session:
        assert session.get_one(Grant, new).evidence_ok is proven_still


def test_what_is_forbidden_means_the_countries_that_it_meant(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    plain = {"effect": "prohibit", "state": "active", "territories": ["EU"], "signed_at": "2019-01-01T00:00:00Z"}
    with hub.database.write() as session:
        ban = licensing.add(hub, session, SYSTEM, Draft(plain, (asset,))).id
    supersede(hub, ban, channels=["email"])
    with hub.database.read() as session:
        answer = licensing.ask(hub, session, asset, Use("email", ("GB",)))
    assert answer.primary_reason == "PROHIBITED"


@pytest.mark.parametrize(
    "wider",
    [
        {"channels": ["email", "website", "ooh"]},
        {"territories": ["DE", "US"]},
        {"edits": ["any_edit", "ai_training"]},
        {"perpetual": True, "ends_at": None},
        {"evidence_level": 4},
        {"future_media": True},
        {"duties": []},
        {"max_uses": 20},
        {"exclude_territories": []},
        {"starts_at": "2019-01-01T00:00:00Z"},
    ],
    ids=lambda wider: next(iter(wider)),
)
def test_a_version_that_allows_more_needs_a_proof_of_its_own(hub: Hub, wider: dict[str, Any]) -> None:
    asset = asset_row(hub)
    plain: dict[str, Any] = {
        "channels": ["email", "website"],
        "territories": ["DE", "FR"],
        "exclude_territories": ["FR"],
        "perpetual": False,
        "ends_at": "2060-01-01T00:00:00Z",
        "duties": [{"duty": "credit", "text": "@ana"}],
        "max_uses": 10,
        "uses": 0,
    }
    old = proven(hub, asset, **plain)
    assert reason(hub, asset, "email") is None
    supersede(hub, old, state="pending", **wider)
    assert reason(hub, asset, "email") is None, "the old one serves until the new one is in force"
    with hub.database.read() as session:
        newest = session.scalars(select(Grant).order_by(Grant.id.desc())).first()
        assert newest is not None
        assert not newest.evidence_ok


def test_what_was_taken_back_in_part_says_which_part_and_has_no_successor(hub: Hub) -> None:
    grant = proven(hub, asset_row(hub))
    with hub.database.write() as session:
        part = Withdrawal("platform_revoked", channels=("email",))
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=part)
    with pytest.raises(Conflict, match=r"A part of this grant was taken back \(email\)"):
        supersede(hub, grant, channels=["website"])


def test_a_grant_has_one_successor_and_a_revoked_one_has_none(hub: Hub) -> None:
    asset = asset_row(hub)
    old = proven(hub, asset)
    new = supersede(hub, old, channels=["email"])
    with pytest.raises(Conflict, match=new):
        supersede(hub, old, channels=["website"])
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=new, withdrawal=Withdrawal("platform_revoked"))
    with pytest.raises(Conflict, match="This grant was taken back; give"):
        supersede(hub, new, channels=["website"])
    with pytest.raises(NotFound):
        supersede(hub, "grt_none")
    with hub.database.read() as session:
        assert session.scalars(select(GrantSupersession.older_id)).all() == [old]


def test_a_new_version_of_a_grant_is_the_next_version_of_its_agreement(hub: Hub) -> None:
    asset = asset_row(hub)
    first = clear(hub, asset)
    with hub.database.write() as session:
        version = licensing.agree(hub, session, SYSTEM, Agreed("licence", "Spring"))
        session.get_one(Grant, first).version_id = version.id
    sha256 = licensing.keep_text(hub, "Now also in France.")
    with hub.database.write() as session:
        change = Change({"territories": ["FR"]}, sha256, SIGNED)
        (row,) = licensing.supersede(hub, session, SYSTEM, grant_id=first, change=change)
        newest = session.get_one(AgreementVersion, row.version_id)
        assert (newest.agreement_id, newest.number) == (version.agreement_id, 2)
        assert (newest.text_sha256, newest.signed_at) == (sha256, SIGNED)


def test_another_way_of_stating_the_term_takes_the_place_of_the_first(hub: Hub) -> None:
    asset = asset_row(hub)
    old = clear(hub, asset)
    window = {"trigger": "date", "start": "2020-01-01", "until": "2020-12-31", "zone": "Europe/Berlin"}
    new = supersede(hub, old, window=window)
    with hub.database.read() as session:
        assert str(session.get_one(Grant, new).ends_at).startswith("2020-12-31 23:00")
    last = supersede(hub, new, starts_at=SIGNED.isoformat(), perpetual=True)
    with hub.database.read() as session:
        row = session.get_one(Grant, last)
        assert (row.ends_at, row.perpetual, "window" in row.body) == (None, True, False)


def test_a_permission_is_put_into_force_once_something_proves_it(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, state="pending", evidence_ok=False)

    def become(state: str) -> None:
        with hub.database.write() as session:
            licensing.set_state(hub, session, SYSTEM, grant_id=grant, state=state)

    with pytest.raises(Conflict, match="proof"):
        become("active")
    with hub.database.write() as session:
        licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=PROOF)
    become("active")
    assert reason(hub, asset, "email") is None
    become("suspended")
    assert reason(hub, asset, "email") == "NOT_ACTIVE"
    become("pending")
    become("rejected")
    for state, error in (("active", Conflict), ("gone", Invalid)):
        with pytest.raises(error):
            become(state)
    with pytest.raises(Forbidden), hub.database.write() as session:
        licensing.set_state(hub, session, Actor("usr", "viewer"), grant_id=grant, state="pending")
    with pytest.raises(NotFound), hub.database.write() as session:
        licensing.set_state(hub, session, SYSTEM, grant_id="grt_none", state="pending")


@pytest.mark.parametrize("ways", [("active",), ("pending", "active")])
def test_a_reply_that_disappeared_is_not_put_into_force_again(hub: Hub, ways: tuple[str, ...]) -> None:
    asset = asset_row(hub)
    grant = proven(hub, asset, evidence_level=1, channels=["organic_social"])
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("evidence_source_gone"))
        licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=PROOF)
    for state in ways:
        with pytest.raises(Conflict) as refused, hub.database.write() as session:
            licensing.set_state(hub, session, SYSTEM, grant_id=grant, state=state)
        assert refused.value.code == "source_gone"
    with hub.database.read() as session:
        assert session.get_one(Grant, grant).state == "suspended"
    assert reason(hub, asset, "organic_social") in ("REVOKED", "NOT_ACTIVE")


def test_a_grant_about_an_asset_that_does_not_exist_is_refused(hub: Hub) -> None:
    with pytest.raises(Invalid, match="ast_none"), hub.database.write() as session:
        licensing.write(hub, session, SYSTEM, Draft({"effect": "permit"}, ("ast_none",)))
