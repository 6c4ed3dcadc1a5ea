"""Claims: told when they come, passed on when they are late, answered by mail, and decided at once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.ugc_hub.jobs.test_clock import mails, run, timed  # noqa: F401
from tests.ugc_hub.rows import Clock, asset_row, user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, Invalid
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.licensing import Statement, Verdict
from ugc_hub.models import Asset, AssetRights, Claim, DataKey, Event

STATEMENT = Statement("shows_me", "Kim Secret", "kim@example.org", "your shop", "Please take it down.")
Timed = tuple[Hub, Clock]


def test_legal_is_told_of_a_claim_and_again_once_when_it_is_late(timed: Timed, run: Callable[..., None]) -> None:  # noqa: F811
    hub, clock = timed
    user_row(hub, "legal")
    user_row(hub, "content_manager")
    claim = licensing.intake(hub, STATEMENT)
    run()
    (first,) = mails(hub)
    assert first["To"] == "legal@example.org"
    assert "Kim" not in first.get_content()
    assert "/claims" in first.get_content()
    run("afterlife")
    assert len(mails(hub)) == 1
    clock.go_on(days=10)
    for _ in range(2):
        run("afterlife")
    assert len(mails(hub)) == 2
    assert "overdue since" in mails(hub)[1].get_content()
    licensing.decide_claim(hub, SYSTEM, claim, Verdict("dismiss", "Not ours"))


def test_whoever_made_a_claim_is_answered_by_mail(timed: Timed, run: Callable[..., None]) -> None:  # noqa: F811
    hub, _ = timed
    claim = licensing.intake(hub, STATEMENT)
    for words in ("We look at it.", "It is down."):
        licensing.answer_claim(hub, SYSTEM, claim, words)
    run()
    assert [
        (one["To"], words in one.get_content()) for one, words in zip(mails(hub), ("look", "down"), strict=True)
    ] == [
        ("kim@example.org", True),
        ("kim@example.org", True),
    ]
    (seen,) = licensing.list_claims(hub, SYSTEM)
    assert seen.answers == ("We look at it.", "It is down.")
    with hub.database.read() as session:
        kept = session.scalars(select(Claim.answers)).one()
        assert kept is not None
        assert b"down" not in kept
    with pytest.raises(Invalid):
        licensing.answer_claim(hub, SYSTEM, claim, " ")
    with pytest.raises(Forbidden):
        licensing.answer_claim(hub, Actor("usr", "content_manager"), claim, "x")


def test_a_crash_while_erasing_leaves_the_claim_open_to_be_decided_again(hub: Hub) -> None:
    asset = asset_row(hub)
    claim = licensing.intake(hub, STATEMENT)

    def dying(kind: str) -> str:
        if kind == "era":
            raise RuntimeError("the process ends here")
        return hub.new_id(kind)

    verdict = Verdict("erase", "Right", asset)
    with pytest.raises(RuntimeError):
        licensing.decide_claim(replace(hub, new_id=dying), SYSTEM, claim, verdict)
    with hub.database.read() as session:
        assert session.get_one(Claim, claim).state == "open"
        assert session.get_one(Asset, asset).status == "ready"
    licensing.decide_claim(hub, SYSTEM, claim, verdict)
    with hub.database.read() as session:
        assert session.get_one(Claim, claim).state == "erased"
        assert session.get_one(Asset, asset).status == "erased"


def test_a_claim_that_was_held_is_dismissed_and_its_asset_opened_again(hub: Hub) -> None:
    asset = asset_row(hub)
    first, second = (licensing.intake(hub, STATEMENT) for _ in range(2))
    licensing.decide_claim(hub, SYSTEM, first, Verdict("hold", "Right", asset))
    licensing.decide_claim(hub, SYSTEM, second, Verdict("legal_order", "Ordered", asset))
    with pytest.raises(Conflict, match=second):
        licensing.decide_claim(hub, SYSTEM, first, Verdict("release", "Not theirs"))
    with hub.database.read() as session:
        assert session.get_one(Claim, first).state == "held"
    licensing.decide_claim(hub, SYSTEM, first, Verdict("dismiss", "Not theirs"))
    with hub.database.read() as session:
        assert session.get_one(AssetRights, asset).status == "taken_down"
    licensing.decide_claim(hub, SYSTEM, second, Verdict("release", "The order was lifted"))
    with hub.database.read() as session:
        row = session.get_one(AssetRights, asset)
        assert (row.status, row.legal_order, row.legal_hold) == ("active", False, False)
        assert session.get_one(Claim, second).state == "dismissed"


def test_a_claim_about_what_is_erased_already_is_settled(hub: Hub) -> None:
    asset = asset_row(hub)
    licensing.erase_asset(hub, SYSTEM, asset, reason="Asked for")
    claim = licensing.intake(hub, STATEMENT)
    licensing.decide_claim(hub, SYSTEM, claim, Verdict("erase", "Right", asset))
    with hub.database.read() as session:
        assert session.get_one(Claim, claim).state == "erased"


@pytest.mark.req("R90")
def test_who_made_a_claim_is_forgotten_once_it_was_settled_long_ago(timed: Timed) -> None:  # noqa: F811
    hub, clock = timed
    asset = asset_row(hub)
    old, held, late = (licensing.intake(hub, STATEMENT) for _ in range(3))
    licensing.decide_claim(hub, SYSTEM, old, Verdict("dismiss", "Kim Secret is not in it"))
    licensing.answer_claim(hub, SYSTEM, old, "It is not you.")
    licensing.decide_claim(hub, SYSTEM, held, Verdict("hold", "Right", asset))
    clock.go_on(days=hub.settings.erasure_proof_days - 1)
    collect(hub)
    assert all(one.statement for one in licensing.list_claims(hub, SYSTEM))
    licensing.decide_claim(hub, SYSTEM, late, Verdict("dismiss", "Not ours"))
    clock.go_on(days=1)
    for _ in range(2):
        collect(hub)
    seen = {one.id: one for one in licensing.list_claims(hub, SYSTEM)}
    assert {name for name, one in seen.items() if one.statement is None} == {old}
    assert (seen[old].note, seen[old].answers, seen[old].state) == ("", (), "dismissed")
    with hub.database.read() as session:
        row = session.get_one(Claim, old)
        assert (row.sealed, row.answers, session.get_one(DataKey, row.key_id).sealed) == (b"", None, None)
        told = session.scalars(select(Event.object_id).where(Event.kind == "claim.forgotten")).all()
        assert told == [old]
        assert list(licensing.deviations(session)) == []
    with pytest.raises(Conflict):
        licensing.answer_claim(hub, SYSTEM, old, "x")
