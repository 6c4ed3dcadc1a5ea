"""The audit as a chain: nothing in it can be edited, removed, reordered or cut unnoticed, on both databases."""

from __future__ import annotations

import contextlib
import hashlib
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError

from tests.ugc_hub.audit.tampering import KEPT, broken, chain, happen, tamper
from tests.ugc_hub.conftest import make_hub
from ugc_hub.audit import GENESIS, Head, Link, record, verify
from ugc_hub.audit.chain import storable
from ugc_hub.hub import Hub
from ugc_hub.models import Campaign, Event, Meta

AT = datetime(2030, 1, 1, tzinfo=UTC)


# Writing


@pytest.mark.req("R87")
def test_each_event_names_the_one_before_it_and_the_head_names_the_last(hub: Hub) -> None:
    happen(hub)
    events = chain(hub)
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert [event.prev_hash for event in events] == [GENESIS, *(event.hash for event in events[:-1])]
    with hub.database.read() as session:
        verdict = verify(session, hub.secret)
        head = Head.read(session.get_one(Meta, "audit.head").value)
    assert (verdict.broken, verdict.events) == (None, len(events))
    assert (head.sequence, head.hash) == (events[-1].id, events[-1].hash)


def test_the_hash_is_that_of_the_canonical_json_of_the_content() -> None:
    link = Link(1, GENESIS, AT, None, "a.b", "c", {"z": 1.0, "a": "é"})
    # By hand: members in order, 1.0 as 1, no blanks, UTF-8.
    text = (
        '{"actor":null,"at":"2030-01-01T00:00:00.000000+00:00","body":{"a":"é","z":1},"kind":"a.b","object_id":"c",'
        f'"prev_hash":"{"0" * 64}","sequence":1}}'
    )
    assert link.digest() == hashlib.sha256(text.encode()).hexdigest()


def test_what_was_rolled_back_did_not_happen(hub: Hub) -> None:
    happen(hub, 1)
    with contextlib.suppress(LookupError), hub.database.write() as session:
        record(session, hub.now(), "never", "a")
        raise LookupError
    with hub.database.write() as session:
        record(session, hub.now(), "before", "a")
        with contextlib.suppress(LookupError), session.begin_nested():
            record(session, hub.now(), "never", "b")
            with session.begin_nested():
                record(session, hub.now(), "never", "c")
            raise LookupError
        with session.begin_nested():
            record(session, hub.now(), "inside", "d")
        record(session, hub.now(), "after", "e")
    assert [event.kind for event in chain(hub)][1:] == ["before", "inside", "after"]
    assert broken(hub) is None


def test_a_session_that_goes_on_after_a_rollback_has_forgotten_what_it_recorded(hub: Hub) -> None:
    with hub.database._writing() as session:
        record(session, hub.now(), "never", "a")
        session.add(Campaign(id="cmp_1", created_at=hub.now(), name="x"))
        session.flush()
        session.rollback()
        record(session, hub.now(), "done", "b")
        session.commit()
        record(session, hub.now(), "again", "b")
        session.commit()
    assert [event.kind for event in chain(hub)] == ["done", "again"]


@pytest.mark.parametrize(
    "value",
    ["half \ud800 a character", "nul \0 character", 1 << 70, float("nan"), float("inf"), {1: [(2, 0.1)]}, 1e300, -0.0],
)
def test_what_canonical_json_cannot_hold_is_written_as_text(hub: Hub, value: object) -> None:
    with hub.database.write() as session:
        record(session, hub.now(), "odd", "a", value=value)
    assert broken(hub) is None


def test_what_is_no_json_is_refused_where_it_is_recorded(hub: Hub) -> None:
    with pytest.raises(TypeError), hub.database.write() as session:
        record(session, hub.now(), "odd", "a", value=b"bytes")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(plain)
def test_whatever_is_storable_has_a_hash(value: object) -> None:
    assert len(Link(1, GENESIS, AT, None, "a", "b", {"value": storable(value)}).digest()) == 64


# Changing it


@pytest.mark.req("R87")
@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("deed", ["update", "delete", "truncate", "replace"])
def test_rows_that_must_stay_can_neither_be_changed_nor_removed(hub: Hub, full: Hub, table: str, deed: str) -> None:
    key = "sha256" if table == "decision_inputs" else "id"
    statement = {
        "update": f"UPDATE {table} SET {key} = {key}",
        "delete": f"DELETE FROM {table}",
        "truncate": f"TRUNCATE {table} CASCADE" if not hub.database.sqlite else f"DELETE FROM {table} WHERE 1 = 1",
        "replace": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if hub.database.sqlite
        else f"UPDATE ONLY {table} SET {key} = {key}",
    }[deed]
    with hub.database.read() as session:
        before = session.scalar(text(f"SELECT count(*) FROM {table}"))
    assert before
    with pytest.raises(DatabaseError, match="only ever appended"), hub.database.engine.begin() as connection:
        connection.execute(text(statement))
    with hub.database.read() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == before


def test_the_orm_cannot_do_it_either(hub: Hub) -> None:
    happen(hub, 2)
    with pytest.raises(DatabaseError), hub.database.write() as session:
        session.scalars(select(Event).limit(1)).one().kind = "other"
    with pytest.raises(DatabaseError), hub.database.write() as session:
        session.execute(delete(Event))
    assert broken(hub) is None


@pytest.mark.req("R87")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", "'{\"number\": 7}'"),
        ("body", "'not json'"),
        ("body", "'[]'"),
        ("at", "'2031-01-01 00:00:00.000001+00:00'"),
        ("actor", "'usr_other'"),
        ("kind", "'other'"),
        ("object_id", "'other'"),
        ("hash", f"'{'a' * 64}'"),
        ("prev_hash", f"'{'b' * 64}'"),
        ("id", "300"),
    ],
)
def test_an_edited_row_is_named(hub: Hub, column: str, value: str) -> None:
    happen(hub)
    if value == "'not json'" and not hub.database.sqlite:
        value = "'\"text\"'"  # PostgreSQL takes no other
    tamper(hub, f"UPDATE events SET {column} = {value} WHERE id = 3")
    found = broken(hub)
    assert found is not None
    assert found.sequence == (4 if column == "id" else 3)


def test_a_time_that_is_none_is_named(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "var")  # PostgreSQL takes no such value
    happen(hub)
    tamper(hub, "UPDATE events SET at = 'yesterday' WHERE id = 3")
    found = broken(hub)
    hub.close()
    assert found is not None
    assert (found.sequence, found.code) == (3, "edited")


@pytest.mark.req("R87")
@pytest.mark.parametrize(
    ("which", "named"),
    [("id = 1", 2), ("id = 3", 4), ("id IN (2, 3, 4)", 5), ("id = 6", 6), ("id > 3", 4), ("id > 0", 1)],
)
def test_removed_rows_are_missed_at_the_end_as_well(hub: Hub, which: str, named: int) -> None:
    happen(hub)
    tamper(hub, f"DELETE FROM events WHERE {which}")
    found = broken(hub)
    assert found is not None
    assert (found.sequence, found.code) == (named, "removed")


def test_rows_that_changed_places_are_named(hub: Hub) -> None:
    happen(hub)
    tamper(hub, *(f"UPDATE events SET id = {new} WHERE id = {old}" for old, new in ((3, 99), (4, 3), (99, 4))))
    found = broken(hub)
    assert found is not None
    assert (found.sequence, found.code) == (3, "reordered")


def rewritten(hub: Hub, first: int) -> list[str]:
    """The statements that make the chain consistent again from an edited entry on."""
    statements, before = [], chain(hub)[first - 2].hash if first > 1 else GENESIS
    statements.append(f"UPDATE events SET prev_hash = 'x' || id WHERE id >= {first}")
    for event in chain(hub)[first - 1 :]:
        body = {"number": 777} if event.id == first else event.body
        link = Link(event.id, before, event.at, event.actor, event.kind, event.object_id, body)
        before = link.digest()
        number = body["number"]
        statements.append(
            f"UPDATE events SET body = '{{\"number\": {number}}}', prev_hash = '{link.prev_hash}', "
            f"hash = '{before}' WHERE id = {event.id}".replace(":", "\\:")
        )
    return statements


@pytest.mark.req("R87")
def test_a_chain_that_was_written_anew_lacks_the_seal(hub: Hub) -> None:
    happen(hub)
    noted = Head(5, chain(hub)[4].hash)
    tamper(hub, *rewritten(hub, 3))
    found = broken(hub)
    assert found is not None
    assert found.code == "rewritten"
    last = chain(hub)[-1]
    for seal in ("", "0" * 64):
        forged = Head(last.id, last.hash, seal).write().replace(":", "\\:")
        tamper(hub, f"UPDATE meta SET value = '{forged}' WHERE name = 'audit.head'")
        found = broken(hub)
        assert found is not None
        assert found.code == "unsealed"
    happen(hub, 1)  # goes on, and does not heal it
    found = broken(hub)
    assert found is not None
    assert found.code == "unsealed"
    with hub.database.read() as session:
        found = verify(session, hub.secret, known=noted).broken
    assert found is not None
    assert (found.sequence, found.code) == (5, "rewritten")


@pytest.mark.req("R87")
def test_an_end_that_was_cut_is_noticed_whatever_happens_to_the_head(hub: Hub) -> None:
    happen(hub)
    tamper(hub, "DELETE FROM events WHERE id > 4", "DELETE FROM meta WHERE name = 'audit.head'")
    found = broken(hub)
    assert found is not None
    assert found.code == "unsealed"
    happen(hub, 2)
    found = broken(hub)
    assert found is not None
    assert found.code == "unsealed"


def test_what_is_written_after_a_cut_shows_the_gap(hub: Hub) -> None:
    happen(hub)
    tamper(hub, "DELETE FROM events WHERE id > 4")
    happen(hub, 2)
    found = broken(hub)
    assert found is not None
    assert (found.sequence, found.code) == (7, "removed")


def test_an_older_copy_of_everything_is_told_apart_by_a_noted_head(hub: Hub) -> None:
    happen(hub, 3)
    with hub.database.read() as session:
        older = session.get_one(Meta, "audit.head").value.replace(":", "\\:")
    happen(hub, 2)
    with hub.database.read() as session:
        noted = verify(session, hub.secret).head
    tamper(hub, "DELETE FROM events WHERE id > 3", f"UPDATE meta SET value = '{older}' WHERE name = 'audit.head'")
    assert broken(hub) is None  # it is whole in itself
    with hub.database.read() as session:
        found = verify(session, hub.secret, known=noted).broken
    assert found is not None
    assert (found.sequence, found.code) == (4, "removed")


def test_a_foreign_entry_at_the_end_is_noticed(hub: Hub) -> None:
    happen(hub)
    last = chain(hub)[-1]
    link = Link(last.id + 1, last.hash, AT, None, "forged", "a", {})
    with hub.database.engine.begin() as connection:  # adding is what the guards allow
        connection.execute(
            Event.__table__.insert().values(  # type: ignore[attr-defined]
                id=link.sequence,
                prev_hash=link.prev_hash,
                hash=link.digest(),
                at=AT,
                kind="forged",
                object_id="a",
                body={},
            )
        )
    found = broken(hub)
    assert found is not None
    assert (found.sequence, found.code) == (7, "rewritten")


def test_another_secret_does_not_know_the_seal(hub: Hub) -> None:
    happen(hub)
    with hub.database.read() as session:
        found = verify(session, b"another").broken
    assert found is not None
    assert found.code == "unsealed"


@pytest.mark.slow
def test_checking_takes_no_more_memory_for_more_entries(hub: Hub) -> None:
    def peak() -> int:
        tracemalloc.start()
        with hub.database.read() as session:
            assert verify(session, hub.secret).broken is None
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    def many(count: int) -> None:
        with hub.database.write() as session:
            for number in range(count):
                record(session, hub.now(), "many", str(number), filler="x" * 200)

    many(2500)
    peak()  # what is loaded the first time does not count
    few = peak()
    many(7500)
    assert peak() < 1.3 * few
