"""Grants, revocations, proofs and copies: the database keeps them, and the audit names what was changed anyway."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.ugc_hub.audit.tampering import tamper
from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Copy, Draft, Proof, Use, Withdrawal, deviations
from ugc_hub.models import Asset, Evidence, Grant, Revocation, Usage


@dataclass(frozen=True)
class Kept:
    """One of each."""

    grant: str
    proof: str
    revocation: str
    usage: str


@pytest.fixture
def kept(hub: Hub) -> Kept:
    asset = asset_row(hub)
    grant = clear(hub, asset, evidence_level=1)
    with hub.database.write() as session:
        proof = licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=Proof("esign_pdf", b"yes")).id
    left = licensing.hand_over(hub, SYSTEM, Copy(asset, "download", Use("internal"), sha256="0" * 64))
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("platform_revoked"))
        revocation = session.scalars(select(Revocation.id)).one()
    return Kept(grant, proof, revocation, left.usage_id)


def wrong(hub: Hub) -> list[tuple[str, str]]:
    with hub.database.read() as session:
        return [(one.id, one.code) for one in deviations(session)]


CHANGES = {
    "grants": [
        ("body = '{}'", "edited"),
        ("content_hash = 'x'", "edited"),
        ("layer = 'music'", "edited"),
    ],
    "evidence": [("sha256 = 'x'", "edited"), ("kind = 'audit_certificate'", "edited"), ("source_url = 'x'", "edited")],
    "usages": [("channel = 'tv'", "edited"), ("grants_used = '[]'", "edited"), ("delivered_to = 'usr_x'", "edited")],
    "revocations": [("effective_at = NULL", "edited"), ("channels = '[\"x\"]'", "edited")],
}
CASES = [(table, *change) for table, changes in CHANGES.items() for change in changes]


def id_in(kept: Kept, table: str) -> str:
    names = {"grants": "grant", "evidence": "proof", "usages": "usage", "revocations": "revocation"}
    return str(getattr(kept, names[table]))


def test_what_was_kept_is_in_order(hub: Hub, kept: Kept) -> None:
    assert wrong(hub) == []
    with hub.database.write() as session:
        licensing.verify(hub, session)
        session.get_one(Usage, kept.usage).status = "stopped"
        licensing.set_state(hub, session, SYSTEM, grant_id=kept.grant, state="suspended")
    assert wrong(hub) == []


@pytest.mark.req("R87")
@pytest.mark.parametrize(("table", "change", "code"), CASES, ids=[f"{one[0]} {one[1].split()[0]}" for one in CASES])
def test_a_changed_row_is_refused_and_else_named(hub: Hub, kept: Kept, table: str, change: str, code: str) -> None:
    statement = f"UPDATE {table} SET {change} WHERE id = '{id_in(kept, table)}'"
    with pytest.raises(DBAPIError, match=r"written|appended"), hub.database.write() as session:
        session.execute(text(statement))
    tamper(hub, statement)
    assert (id_in(kept, table), code) in wrong(hub)


@pytest.mark.req("R87")
@pytest.mark.parametrize("table", ["evidence", "usages", "revocations"])
def test_a_deleted_row_is_refused_and_else_named(hub: Hub, kept: Kept, table: str) -> None:
    statement = f"DELETE FROM {table} WHERE id = '{id_in(kept, table)}'"
    with pytest.raises(DBAPIError, match=r"written|appended"), hub.database.write() as session:
        session.execute(text(statement))
    tamper(hub, "DELETE FROM takedown_tasks", statement)
    assert [code for _, code in wrong(hub)] == ["removed"]


@pytest.mark.parametrize(
    ("change", "code"), [("ends_at = '2999-01-01 00:00:00'", "dates_edited"), ("revoked = false", "edited")]
)
def test_a_grant_that_would_go_on_is_named(hub: Hub, kept: Kept, change: str, code: str) -> None:
    tamper(hub, f"UPDATE grants SET {change} WHERE id = '{kept.grant}'")
    assert wrong(hub) == [(kept.grant, code)]


def test_a_grant_that_nobody_gave_is_named(hub: Hub, kept: Kept) -> None:
    with hub.database.write() as session:
        row = session.get_one(Grant, kept.grant)
        columns = {column.name: getattr(row, column.name) for column in Grant.__table__.columns}
        session.add(Grant(**{**columns, "id": "grt_forged", "revoked": False}))
    assert ("grt_forged", "forged") in wrong(hub)


def test_captured_proofs_go_with_an_erased_asset(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, evidence_level=1)
    with hub.database.write() as session:
        licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=Proof("dm_export", b"yes"))
    licensing.erase_asset(hub, SYSTEM, asset, reason="Asked for")
    with hub.database.read() as session:
        assert session.scalars(select(Evidence)).all() == []
    assert wrong(hub) == []


def test_a_copy_of_the_ledger_from_before_is_compared_as_far_as_it_was_known(hub: Hub) -> None:
    usage_row(hub, free_row(hub))
    assert wrong(hub) == []


def test_what_goes_with_an_erased_creator_is_not_taken_for_tampering(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana.lima")
    with hub.database.read() as session:
        creator = session.get_one(Asset, asset).creator_id
    assert creator is not None
    sha256 = licensing.keep_text(hub, "ana.lima allows it.")
    duties = [{"duty": "credit", "phase": "during", "text": "@ana.lima"}]
    with hub.database.write() as session:
        agreed = Agreed("licence", creator_id=creator, text_sha256=sha256)
        version = licensing.agree(hub, session, SYSTEM, agreed).id
        plain = {"effect": "permit", "duties": duties, "evidence_level": 2}
        grant = licensing.add(hub, session, SYSTEM, Draft(plain, (asset,), version)).id
        licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=Proof("clickwrap", b"yes"))
    licensing.erase_creator(hub, SYSTEM, creator, reason="Asked for")
    hub.storage.delete(f"texts/{sha256}")
    with hub.database.write() as session:
        row = session.get_one(Grant, grant)
        assert row.body["duties"][0]["text"] == ""
        assert licensing.verify(hub, session) == []
    assert wrong(hub) == []
    statement = f"UPDATE grants SET body = '{{}}' WHERE id = '{grant}'"
    with pytest.raises(DBAPIError, match=r"written|appended"), hub.database.write() as session:
        session.execute(text(statement))
    tamper(hub, statement)
    assert wrong(hub) == [(grant, "edited")]
