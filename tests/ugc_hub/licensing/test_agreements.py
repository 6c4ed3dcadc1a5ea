from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE, SIGNED, clear
from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, Proof, Use
from ugc_hub.models import AgreementVersion, Asset, Creator, Grant

TEXT = "You may show my pictures in your e-mails.\nFür immer – 永遠に."
PERMIT: dict[str, Any] = {
    "effect": "permit",
    "layer": "copyright",
    "state": "active",
    "channels": ["email"],
    "territories": ["WORLD"],
    "products": ["*"],
    "starts_at": SIGNED.isoformat(),
    "perpetual": True,
    "evidence_level": 3,
    "evidence_ok": True,
    "signed_at": SIGNED.isoformat(),
}


def test_a_text_is_kept_once_and_read_back_as_it_was(hub: Hub) -> None:
    first, second = licensing.keep_text(hub, TEXT), licensing.keep_text(hub, TEXT)
    assert first == second
    assert licensing.read_text(hub, first) == TEXT
    assert len(list(hub.storage.list("texts/"))) == 1
    for wrong in ("", " \n", "x" * 1_000_001):
        with pytest.raises(Invalid):
            licensing.keep_text(hub, wrong)


def test_each_wording_gets_the_next_number_and_older_ones_stay(hub: Hub) -> None:
    with hub.database.write() as session:
        first = licensing.agree(hub, session, SYSTEM, Agreed("licence", "Summer", signed_at=SIGNED))
        again = Agreed("licence", agreement_id=first.agreement_id)
        second = licensing.agree(hub, session, SYSTEM, again)
        assert (first.number, second.number) == (1, 2)
        assert second.agreement_id == first.agreement_id
    with hub.database.read() as session:
        assert session.get_one(AgreementVersion, first.id).signed_at == SIGNED
    for wrong in (
        Agreed("handshake"),
        Agreed("licence", revocable="perhaps"),
        Agreed("licence", signed_by_role="me"),
        Agreed("licence", notice_days=-5),
        Agreed("licence", notice_days=True),
        Agreed("licence", title="\ud800"),
        Agreed("licence", covers={"creator_id": "crt_nobody"}),
    ):
        with pytest.raises(Invalid), hub.database.write() as session:
            licensing.agree(hub, session, SYSTEM, wrong)
    with pytest.raises(NotFound), hub.database.write() as session:
        licensing.agree(hub, session, SYSTEM, Agreed("licence", agreement_id="agr_none"))


def _over_months(hub: Hub, handle: str, **covers: Any) -> str:
    with hub.database.write() as session:
        creator = session.scalars(select(Creator.id).where(Creator.handle == handle)).one()
        agreed = Agreed("licence", creator_id=creator, covers={"creator_id": creator, **covers})
        version = licensing.agree(hub, session, SYSTEM, agreed)
        return licensing.add(hub, session, SYSTEM, Draft(PERMIT, (), version.id)).id


def _cover(hub: Hub, asset_id: str) -> list[str]:
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=asset_id, status="active")
        return licensing.cover(hub, session, session.get_one(Asset, asset_id))


def test_an_agreement_over_months_reaches_what_its_creator_hands_in_meanwhile(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    before = asset_row(hub, creator="ana")
    begins, ends = clock() + timedelta(days=1), clock() + timedelta(days=90)
    grant = _over_months(hub, "ana", **{"from": begins.isoformat(), "to": ends.isoformat()})
    clock.go_on(days=30)
    during, other = asset_row(hub, creator="ana"), asset_row(hub, creator="ben")
    clock.go_on(days=90)
    after = asset_row(hub, creator="ana")
    assert [_cover(hub, one) for one in (before, during, other, after)] == [[], [grant], [], []]
    with hub.database.read() as session:
        answers = licensing.ask_many(hub, session, [before, during, other, after], Use("email"))
    assert [answers[one].allowed for one in (before, during, other, after)] == [False, True, False, False]
    assert _cover(hub, during) == [grant]


def test_an_agreement_for_one_campaign_leaves_the_others(hub: Hub) -> None:
    inside, outside = asset_row(hub, creator="ana", campaign="Summer"), asset_row(hub, creator="ana", campaign="Winter")
    with hub.database.read() as session:
        campaign = session.get_one(Asset, inside).campaign_id
    grant = _over_months(hub, "ana", campaign_id=campaign)
    assert _cover(hub, inside) == [grant]
    assert _cover(hub, outside) == []


def test_a_grant_is_proven_as_long_as_its_evidence_is_unchanged(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, evidence_ok=False)
    use = Use("email")
    with hub.database.write() as session:
        assert licensing.ask(hub, session, asset, use).primary_reason == "EVIDENCE_BROKEN"
        proof = licensing.attach(
            hub, session, SYSTEM, grant_id=grant, proof=Proof("qualified_signature", b"She said yes.")
        )
        assert licensing.ask(hub, session, asset, use).allowed
    hub.storage.delete(proof.storage_key)
    with hub.database.write() as session:
        assert licensing.verify(hub, session) == [proof.id]
        assert licensing.ask(hub, session, asset, use).primary_reason == "EVIDENCE_BROKEN"
    hub.storage.put(proof.storage_key, b"She said no..")
    with hub.database.write() as session:
        assert licensing.verify(hub, session, [grant]) == [proof.id]
    hub.storage.delete(proof.storage_key)
    hub.storage.put(proof.storage_key, b"She said yes.")
    with hub.database.write() as session:
        assert licensing.verify(hub, session) == []
        assert session.get_one(Grant, grant).evidence_ok
    for wrong in (Proof("rumour", b"x"), Proof("note", b"")):
        with pytest.raises(Invalid), hub.database.write() as session:
            licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=wrong)
    with pytest.raises(NotFound), hub.database.write() as session:
        licensing.attach(hub, session, SYSTEM, grant_id="grt_none", proof=Proof("note", b"x"))
