"""Verifying the audit as a job: what it finds is kept until the next time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.ugc_hub.audit.tampering import tamper
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub
from ugc_hub.jobs import verify
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Use
from ugc_hub.models import Event


def verified(hub: Hub) -> verify.Verification:
    finish(hub, [verify.ask_to_verify(hub, SYSTEM)])
    with hub.database.read() as session:
        found = verify.last(session)
    assert found is not None
    return found


def test_a_whole_record_is_told_with_its_newest_entry_and_the_check_is_in_the_record(hub: Hub) -> None:
    with hub.database.read() as session:
        assert verify.last(session) is None
    asset = asset_row(hub)
    clear(hub, asset)
    with hub.database.write() as session:
        licensing.keep(hub, session, SYSTEM, asset_id=asset, use=Use("email"))
    with hub.database.read() as session:
        newest = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert newest is not None
    found = verified(hub)
    assert (found.wrong, found.events, found.newest) == ([], newest.id, f"{newest.id}:{newest.hash}")
    assert verified(hub).events == newest.id + 1
    with hub.database.read() as session:
        entries = session.scalars(select(Event.body).where(Event.kind == "audit.verified")).all()
    assert list(entries) == [{"events": newest.id, "wrong": 0}, {"events": newest.id + 1, "wrong": 0}]


def test_what_was_edited_is_named_until_it_is_as_it_was(hub: Hub) -> None:
    clear(hub, asset_row(hub))
    assert verified(hub).wrong == []
    tamper(hub, "UPDATE events SET actor = 'usr_other' WHERE id = 2")
    assert verified(hub).wrong == ["Entry 2 is not as it was written."]
    tamper(hub, "UPDATE events SET actor = NULL WHERE id = 2")
    assert verified(hub).wrong == []


def test_while_one_check_waits_there_is_no_second_and_only_who_sees_the_audit_asks(hub: Hub) -> None:
    first = verify.ask_to_verify(hub, actor_of(user_row(hub, "legal")))
    assert verify.ask_to_verify(hub, SYSTEM) == first
    with hub.database.read() as session:
        assert verify.under_way(session)
    finish(hub, [first])
    with hub.database.read() as session:
        assert not verify.under_way(session)
    with pytest.raises(Forbidden):
        verify.ask_to_verify(hub, actor_of(user_row(hub, "content_manager")))
