"""What people noted about an erased creator goes with them, and the record stays whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.ugc_hub.audit.tampering import broken, tamper
from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.creators import the_creator
from ugc_hub.hub import Hub
from ugc_hub.licensing import Withdrawal, deviations
from ugc_hub.models import AssetRights, Grant, Revocation, TakedownTask

NOTE = "zoe.oster rang up and wants it down"


def noted(hub: Hub, creator: str) -> str:
    """An asset with a note wherever rights take one; returns the id of the revocation."""
    asset = asset_row(hub, creator=creator)
    grant = clear(hub, asset, note=NOTE)
    with hub.database.write() as session:
        answers = {"copyright_notice": "© 2026 zoe.oster"}
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers=answers)
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="active", note=NOTE)
    usage_row(hub, asset)
    with hub.database.write() as session:
        said = Withdrawal("platform_revoked", note=NOTE)
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=said)
        task = session.scalars(select(TakedownTask.id).where(TakedownTask.state == "open")).one()
        licensing.confirm(hub, session, SYSTEM, task_id=task, note=NOTE)
        return session.scalars(select(Revocation.id).where(Revocation.grant_id == grant)).one()


def words(hub: Hub) -> list[str]:
    columns = (Grant.note, Revocation.note, TakedownTask.note, AssetRights.copyright_notice, AssetRights.status_note)
    with hub.database.read() as session:
        return [one for column in columns for one in session.scalars(select(column)) if "zoe.oster" in one]


def wrong(hub: Hub) -> list[tuple[str, str]]:
    with hub.database.read() as session:
        return [(one.id, one.code) for one in deviations(session)]


@pytest.mark.req("R90")
def test_notes_that_name_an_erased_creator_go_and_those_about_others_stay(hub: Hub) -> None:
    noted(hub, "zoe.oster")
    other = noted(hub, "ben")
    assert len(words(hub)) == 10
    licensing.erase_creator(hub, SYSTEM, the_creator(hub, "zoe.oster").id, reason="zoe.oster asked for it")
    assert len(words(hub)) == 5, "the words about Ben's asset are not hers to take back"
    assert (wrong(hub), broken(hub)) == ([], None)
    with hub.database.read() as session:
        assert session.get_one(Revocation, other).note == NOTE


@pytest.mark.parametrize("change", ["basis = 'legal_claim'", "effective_at = NULL", "channels = '[\"tv\"]'"])
def test_no_erasure_changes_anything_else_of_a_revocation(hub: Hub, change: str) -> None:
    one = noted(hub, "zoe.oster")
    statement = f"UPDATE revocations SET {change}, scrubbed_at = '2026-01-01 00:00:00' WHERE id = :id"
    with pytest.raises(DatabaseError, match="only ever appended"), hub.database.engine.begin() as connection:
        connection.execute(text(statement), {"id": one})


def test_a_note_that_went_without_an_erasure_is_found(hub: Hub) -> None:
    one = noted(hub, "zoe.oster")
    changed = f"UPDATE revocations SET note = '', scrubbed_at = '2026-01-01 00:00:00' WHERE id = '{one}'"
    with hub.database.engine.begin() as connection:
        connection.execute(text(changed))
    assert wrong(hub) == [(one, "edited")]


def test_what_was_changed_after_an_erasure_is_found(hub: Hub) -> None:
    one = noted(hub, "zoe.oster")
    licensing.erase_creator(hub, SYSTEM, the_creator(hub, "zoe.oster").id, reason="Asked for")
    tamper(hub, f"UPDATE revocations SET effective_at = NULL WHERE id = '{one}'")
    assert wrong(hub) == [(one, "edited")]
