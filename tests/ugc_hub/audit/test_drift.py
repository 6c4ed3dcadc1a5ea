"""What the hub itself changes later is as the audit said last, or it is named: past the hub nothing is opened."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.ugc_hub.audit.tampering import tamper
from tests.ugc_hub.licensing.rows import clear, free_row, person_row
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Change, PersonData, Proof, Withdrawal, deviations
from ugc_hub.models import Asset, Person


@dataclass(frozen=True)
class Closed:
    """An asset that must not be used, and what keeps it from being used."""

    asset: str
    other: str
    grant: str
    newer: str
    ban: str
    person: str


@pytest.fixture
def closed(hub: Hub) -> Closed:
    asset, other = asset_row(hub), free_row(hub)
    duties = [{"duty": "pay", "phase": "pre"}]
    grant = clear(hub, asset, duties=duties, state="pending", evidence_ok=False)
    with hub.database.write() as session:
        person = licensing.add_person(hub, session, SYSTEM, PersonData("Ana"), is_adult=False).id
        answers = {"people": [person], "music": "present"}
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers=answers)
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", legal_order=True)
        (newer,) = licensing.supersede(hub, session, SYSTEM, grant_id=grant, change=Change({"channels": ["email"]}))
        ban = licensing.add(hub, session, SYSTEM, licensing.Draft({"effect": "prohibit", "state": "active"}, (asset,)))
        return Closed(asset, other, grant, newer.id, ban.id, person)


def wrong(hub: Hub) -> set[tuple[str, str]]:
    with hub.database.read() as session:
        return {(one.id, one.code) for one in deviations(session)}


CASES = [
    ("UPDATE asset_rights SET status = 'active' WHERE asset_id = '{asset}'", "asset", "edited"),
    ("UPDATE asset_rights SET legal_order = false WHERE asset_id = '{asset}'", "asset", "edited"),
    ("UPDATE asset_rights SET legal_hold = true WHERE asset_id = '{other}'", "other", "edited"),
    ("UPDATE asset_rights SET music = 'none' WHERE asset_id = '{asset}'", "asset", "edited"),
    ("UPDATE asset_rights SET compensation = 'none' WHERE asset_id = '{asset}'", None, ""),
    ("UPDATE asset_rights SET digital_source_type = NULL WHERE asset_id = '{asset}'", "asset", "edited"),
    ("DELETE FROM asset_people WHERE asset_id = '{asset}'", "asset", "edited"),
    ("INSERT INTO asset_people (asset_id, person_id) VALUES ('{other}', '{person}')", "other", "edited"),
    ("UPDATE persons SET is_adult = true WHERE id = '{person}'", "person", "edited"),
    ("UPDATE grants SET state = 'active' WHERE id = '{grant}'", "grant", "edited"),
    ("UPDATE grants SET evidence_ok = true WHERE id = '{grant}'", "grant", "edited"),
    ("UPDATE grants SET state = 'suspended' WHERE id = '{ban}'", "ban", "edited"),
    ("INSERT INTO grant_assets (grant_id, asset_id) VALUES ('{grant}', '{other}')", "grant", "edited"),
    ("DELETE FROM grant_assets WHERE grant_id = '{ban}'", "ban", "edited"),
    ("DELETE FROM grant_supersessions WHERE newer_id = '{newer}'", "newer", "edited"),
    (
        "INSERT INTO duty_fulfilments (id, created_at, grant_id, duty, note) "
        "VALUES ('dty_x', '2026-01-01 00:00:00', '{grant}', 'pay', '')",
        "dty_x",
        "forged",
    ),
]


@pytest.mark.req("R87")
@pytest.mark.parametrize(("statement", "named", "code"), CASES, ids=[one[0][:60] for one in CASES])
def test_what_was_changed_past_the_hub_is_named(
    hub: Hub, closed: Closed, statement: str, named: str | None, code: str
) -> None:
    assert wrong(hub) == set()
    tamper(hub, statement.format(**closed.__dict__))
    assert wrong(hub) == ({(getattr(closed, named, named), code)} if named else set())


def test_a_version_that_was_signed_stays_and_a_grant_stays_with_it(hub: Hub) -> None:
    asset = free_row(hub)
    with hub.database.write() as session:
        sha256 = licensing.keep_text(hub, "Ana allows it.")
        one, two = (licensing.agree(hub, session, SYSTEM, Agreed("licence", text_sha256=sha256)).id for _ in "12")
        plain = {"effect": "permit", "evidence_level": 1}
        grant = licensing.add(hub, session, SYSTEM, licensing.Draft(plain, (asset,), one)).id
    tamper(hub, f"UPDATE grants SET version_id = '{two}' WHERE id = '{grant}'")
    assert wrong(hub) == {(grant, "edited")}
    tamper(hub, f"UPDATE agreement_versions SET text_sha256 = 'x' WHERE id = '{two}'")
    assert wrong(hub) == {(grant, "edited"), (two, "edited")}
    tamper(
        hub,
        f"UPDATE grants SET version_id = '{one}' WHERE id = '{grant}'",
        f"DELETE FROM agreement_versions WHERE id = '{two}'",
    )
    assert wrong(hub) == {(two, "removed")}


def test_what_the_hub_changes_itself_is_no_drift(hub: Hub, closed: Closed) -> None:
    with hub.database.write() as session:
        licensing.fulfil(hub, session, SYSTEM, grant_id=closed.grant, duty="pay")
        licensing.attach(hub, session, SYSTEM, grant_id=closed.grant, proof=Proof("esign_pdf", b"yes"))
        licensing.set_adult(hub, session, SYSTEM, person_id=closed.person, is_adult=True)
        licensing.set_status(hub, session, SYSTEM, asset_id=closed.asset, status="active")
    with hub.database.write() as session:
        said = Withdrawal("evidence_source_gone")
        licensing.revoke(hub, session, SYSTEM, grant_id=closed.grant, withdrawal=said)
    assert wrong(hub) == set()
    licensing.erase_shown(hub, SYSTEM, closed.person, reason="Asked for")
    assert wrong(hub) == set()


def test_an_agreement_over_months_keeps_the_assets_that_came_under_it(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana.lima")
    with hub.database.write() as session:
        row = session.get_one(Asset, asset)
        covers = {"creator_id": row.creator_id}
        version = licensing.agree(hub, session, SYSTEM, Agreed("licence", creator_id=row.creator_id, covers=covers)).id
        plain = {"effect": "permit", "state": "active", "evidence_level": 0}
        grant = licensing.add(hub, session, SYSTEM, licensing.Draft(plain, (), version)).id
        assert licensing.cover(hub, session, row) == [grant]
    assert wrong(hub) == set()
    tamper(hub, f"DELETE FROM grant_assets WHERE asset_id = '{asset}'")
    assert wrong(hub) == {(grant, "edited")}


def test_a_person_of_whom_the_audit_never_heard_is_passed_over(hub: Hub) -> None:
    person = person_row(hub)
    assert wrong(hub) == set()
    with hub.database.write() as session:
        session.get_one(Person, person).is_adult = None
    assert wrong(hub) == set()
