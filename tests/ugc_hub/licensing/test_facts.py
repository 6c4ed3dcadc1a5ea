"""What is known of an asset, and its state: which answers are taken, and who opens what somebody has closed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import asset_row, user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.errors import Forbidden, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Statement, Use, Verdict, Withdrawal
from ugc_hub.models import AssetRights

STATEMENT = Statement("shows_me", "Kim", "kim@example.org", "your shop", "Please take it down.")


@pytest.fixture
def legal(hub: Hub) -> Actor:
    return actor_of(user_row(hub, "legal"))


@pytest.fixture
def manager(hub: Hub) -> Actor:
    return actor_of(user_row(hub, "content_manager"))


def put(hub: Hub, actor: Actor, asset_id: str, status: str, *, legal_order: bool = False) -> None:
    with hub.database.write() as session:
        licensing.set_status(hub, session, actor, asset_id=asset_id, status=status, legal_order=legal_order)


def stands(hub: Hub, asset_id: str) -> tuple[str, bool, bool]:
    with hub.database.read() as session:
        row = session.get_one(AssetRights, asset_id)
        return row.status, row.legal_order, row.legal_hold


def allowed(hub: Hub, asset_id: str) -> bool:
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, Use("email")).allowed


@pytest.mark.parametrize("status", ["active", "pending_review", "hold", "taken_down"])
@pytest.mark.parametrize("closed", ["hold", "taken_down"])
def test_while_a_legal_order_stands_only_legal_changes_anything(
    hub: Hub, legal: Actor, manager: Actor, status: str, closed: str
) -> None:
    asset = free_row(hub)
    put(hub, legal, asset, closed, legal_order=True)
    with pytest.raises(Forbidden):
        put(hub, manager, asset, status)
    assert stands(hub, asset)[:2] == (closed, True)
    put(hub, legal, asset, "pending_review")
    put(hub, manager, asset, "active")
    assert allowed(hub, asset)


def test_a_hold_that_legal_set_is_lifted_by_legal_only(hub: Hub, legal: Actor, manager: Actor) -> None:
    asset = free_row(hub)
    put(hub, legal, asset, "hold")
    for status in ("active", "pending_review", "taken_down"):
        with pytest.raises(Forbidden):
            put(hub, manager, asset, status)
    put(hub, legal, asset, "active")
    assert stands(hub, asset) == ("active", False, False)
    put(hub, manager, asset, "hold")
    put(hub, manager, asset, "active")


def test_a_hold_for_a_claim_is_lifted_by_legal_only(hub: Hub, manager: Actor) -> None:
    asset = free_row(hub)
    claim = licensing.intake(hub, STATEMENT)
    licensing.decide_claim(hub, SYSTEM, claim, Verdict("hold", "Until it is clear", asset))
    assert stands(hub, asset) == ("hold", False, True)
    with pytest.raises(Forbidden):
        put(hub, manager, asset, "active")


def test_a_revocation_for_a_claim_closes_until_legal_opens(hub: Hub, manager: Actor) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    with hub.database.write() as session:
        licensing.revoke(hub, session, manager, grant_id=grant, withdrawal=Withdrawal("legal_claim"))
    assert stands(hub, asset) == ("hold", False, True)
    with pytest.raises(Forbidden):
        put(hub, manager, asset, "active")


@pytest.mark.parametrize("basis", ["contract_notice", "legal_claim", "erasure_request"])
def test_what_happens_to_grants_never_lifts_an_order(hub: Hub, legal: Actor, manager: Actor, basis: str) -> None:
    asset = asset_row(hub)
    grants = [clear(hub, asset), clear(hub, asset)]
    put(hub, legal, asset, "hold", legal_order=True)
    for actor, grant in zip((manager, SYSTEM), grants, strict=True):
        with hub.database.write() as session:
            licensing.revoke(hub, session, actor, grant_id=grant, withdrawal=Withdrawal(basis))
    assert stands(hub, asset)[:2] == ("hold", True)
    claim = licensing.intake(hub, STATEMENT)
    licensing.decide_claim(hub, legal, claim, Verdict("hold", "Another one", asset))
    assert stands(hub, asset)[:2] == ("hold", True)


def test_an_erasure_request_takes_down_what_legal_holds(hub: Hub, legal: Actor, manager: Actor) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    put(hub, legal, asset, "hold")
    with hub.database.write() as session:
        licensing.revoke(hub, session, manager, grant_id=grant, withdrawal=Withdrawal("erasure_request"))
    assert stands(hub, asset) == ("taken_down", False, True)


def test_a_legal_order_closes(hub: Hub, legal: Actor) -> None:
    asset = free_row(hub)
    for status in ("active", "pending_review", "erased"):
        with pytest.raises(Invalid):
            put(hub, legal, asset, status, legal_order=True)
    assert stands(hub, asset) == ("active", False, False)


def answered(hub: Hub, asset_id: str, **answers: Any) -> AssetRights:
    with hub.database.write() as session:
        return licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=answers)


def test_how_it_was_made_is_kept_as_the_term_of_its_list(hub: Hub) -> None:
    asset = free_row(hub)
    address = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicmedia"
    row = answered(hub, asset, digital_source_type=address, data_mining="DMI-PROHIBITED")
    assert (row.digital_source_type, row.data_mining) == ("trainedAlgorithmicMedia", "prohibited")
    with hub.database.read() as session:
        duties = {duty.name for duty in licensing.ask(hub, session, asset, Use("email")).duties}
    assert {"label_ai", "embed_source_type"} <= duties
    row = answered(hub, asset, digital_source_type="", data_mining=None)
    assert (row.digital_source_type, row.data_mining) == (None, None)
    assert not allowed(hub, asset)


@pytest.mark.parametrize("name", ["digital_source_type", "data_mining"])
@pytest.mark.parametrize("word", ["banana", 5, ["digitalCapture"], {}])
def test_a_word_of_no_list_is_refused(hub: Hub, name: str, word: Any) -> None:
    asset = free_row(hub)
    with pytest.raises(Invalid):
        answered(hub, asset, **{name: word})
    with pytest.raises(Invalid, match="trainedAlgorithmicMedia"):
        answered(hub, asset, digital_source_type="trainedAlgoritmicMedia")
    assert allowed(hub, asset)


@pytest.mark.parametrize("people", [None, "prs_1", 5, [None], [{"id": 5}], [{"id": "prs_1", "region": 7}]])
def test_people_are_a_list_of_persons(hub: Hub, people: Any) -> None:
    with pytest.raises(Invalid):
        answered(hub, asset_row(hub), people=people)
