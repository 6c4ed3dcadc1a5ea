"""What a grant asks for before a use: confirmed once, with or without a proof, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.copies import usage, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Proof, Use, confirmation, duty_words, panel
from ugc_hub.models import DutyFulfilment, Event

EMAIL = Use("email")
PAY = {"duty": "pay", "phase": "pre", "amount_micros": 250_000_000, "currency": "EUR"}
APPROVAL = {"duty": "approval", "phase": "pre"}


def asking(hub: Hub, *duties: dict[str, Any]) -> tuple[str, str]:
    """An asset that may be used once some duties are done: its id and that of the grant."""
    asset = asset_row(hub)
    return asset, clear(hub, asset, duties=list(duties))


def done(hub: Hub, grant: str, duty: str, **more: Any) -> DutyFulfilment:
    with hub.database.write() as session:
        return licensing.fulfil(hub, session, SYSTEM, grant_id=grant, duty=duty, **more)


def reasons(hub: Hub, asset: str) -> list[str]:
    with hub.database.read() as session:
        return [one.key for one in licensing.ask(hub, session, asset, EMAIL).reasons]


def usable(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        return licensing.usable(hub, session, EMAIL)


def conditions(hub: Hub, grant: str) -> list[dict[str, Any]]:
    with hub.database.read() as session:
        found: list[dict[str, Any]] = panel.shown_grants(hub, session, [grant])[0]["conditions"]
        return found


def test_a_use_is_allowed_once_everything_before_it_is_confirmed_one_by_one_and_in_the_library(hub: Hub) -> None:
    asset, grant = asking(hub, PAY, APPROVAL)
    assert reasons(hub, asset) == ["PRE_DUTY_UNMET:approval", "PRE_DUTY_UNMET:pay"]
    done(hub, grant, "pay")
    assert reasons(hub, asset) == ["PRE_DUTY_UNMET:approval"]
    assert usable(hub) == []
    done(hub, grant, "approval")
    assert reasons(hub, asset) == []
    assert usable(hub) == [asset]


def test_what_is_confirmed_is_said_in_words_and_kept_with_who_when_note_and_proof(hub: Hub) -> None:
    _, grant = asking(hub, PAY)
    [before] = conditions(hub, grant)
    assert (before["words"], before["confirms"], before["met"]) == ("Pay 250.00 EUR.", "250.00 EUR was paid.", False)
    manager = user_row(hub, "content_manager")
    with hub.database.write() as session:
        proof = Proof("note", b"receipt", "application/pdf")
        licensing.fulfil(hub, session, actor_of(manager), grant_id=grant, duty="pay", note=" Bank, 3 May ", proof=proof)
    [after] = conditions(hub, grant)
    assert (after["met"], after["confirmed_by"], after["note"]) == (True, manager.email, "Bank, 3 May")
    with hub.database.read() as session:
        row = session.get_one(DutyFulfilment, after["proof_id"])
        assert row.proof_key is not None
        with hub.storage.open(row.proof_key) as stream:
            assert stream.read() == b"receipt"
        entry = session.scalars(select(Event).where(Event.kind == "duty.fulfilled")).one()
    assert (entry.object_id, entry.actor, entry.body["duty"]) == (grant, manager.id, "pay")
    assert "Bank" not in str(entry.body)


def test_a_confirmation_that_was_a_mistake_is_taken_back_and_what_is_live_goes_on(hub: Hub) -> None:
    asset, grant = asking(hub, APPROVAL)
    done(hub, grant, "approval")
    live = usage_row(hub, asset, use=EMAIL)
    with hub.database.write() as session:
        licensing.take_back(hub, session, SYSTEM, grant_id=grant, duty="approval")
    assert reasons(hub, asset) == ["PRE_DUTY_UNMET:approval"]
    assert usable(hub) == []
    assert usage(hub, live).status == "live"
    with hub.database.read() as session:
        kinds = session.scalars(select(Event.kind).where(Event.object_id == grant)).all()
    assert [kind for kind in kinds if kind.startswith("duty.")] == ["duty.fulfilled", "duty.taken_back"]
    with pytest.raises(NotFound), hub.database.write() as session:
        licensing.take_back(hub, session, SYSTEM, grant_id=grant, duty="approval")


def test_only_what_the_grant_asks_for_before_a_use_can_be_confirmed_and_only_once(hub: Hub) -> None:
    _, grant = asking(hub, PAY, {"duty": "credit", "phase": "during", "text": "@ana"})
    for duty in ("credit", "approval", ""):
        with pytest.raises(Invalid, match="It is pay"):
            done(hub, grant, duty)
    with pytest.raises(Invalid, match="proof"):
        done(hub, grant, "pay", proof=Proof("note", b""))
    with pytest.raises(NotFound):
        done(hub, "grt_none", "pay")
    done(hub, grant, "pay")
    with pytest.raises(Conflict):
        done(hub, grant, "pay")
    _, free = asking(hub)
    with pytest.raises(Invalid, match="nothing before a use"):
        done(hub, free, "pay")


def test_only_who_edits_rights_confirms(hub: Hub) -> None:
    _, grant = asking(hub, PAY)
    for role in ("viewer", "designer", "channel_team"):
        with pytest.raises(Forbidden), hub.database.write() as session:
            licensing.fulfil(hub, session, actor_of(user_row(hub, role)), grant_id=grant, duty="pay")


@pytest.mark.parametrize(
    ("duty", "words", "confirms"),
    [
        (APPROVAL, "Have the use approved by whoever gave the permission.", "Whoever gave the permission has approved"),
        ({"duty": "pay"}, "Pay the fee that was agreed.", "The fee that was agreed was paid."),
        ({"duty": "send_sample"}, "Send sample.", "This was done: Send sample."),
    ],
)
def test_each_duty_says_what_is_to_be_done_and_what_is_confirmed(
    duty: dict[str, Any], words: str, confirms: str
) -> None:
    assert duty_words(duty) == words
    assert confirmation(duty).startswith(confirms)
