"""The name of an erased creator goes out of kept decisions, which can still be made again."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.ugc_hub.audit.tampering import broken, tamper
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, deviations, erasing
from ugc_hub.models import Asset, Creator, DecisionInput, DecisionRow, Event

NAME = "Zoë Öster"
CREDIT = {"duty": "credit", "phase": "during", "text": f"Photo: {NAME}"}
SHORT = {"duty": "credit", "phase": "during", "text": "zoe.oster"}
OTHER = {"duty": "credit", "phase": "during", "text": "Photo: Ben"}


def made(hub: Hub, creator: str, *duties: dict[str, str]) -> str:
    asset = asset_row(hub, creator=creator)
    clear(hub, asset, duties=list(duties))
    return asset


def kept(hub: Hub, asset: str, **use: object) -> str:
    with hub.database.write() as session:
        return licensing.keep(hub, session, SYSTEM, asset_id=asset, use=Use("email", **use)).id  # type: ignore[arg-type]


def erased(hub: Hub, asset: str) -> None:
    with hub.database.read() as session:
        creator = str(session.get_one(Asset, asset).creator_id)
    erasing.erase_creator(hub, SYSTEM, creator, reason="asked by mail")


def written(hub: Hub) -> str:
    with hub.database.read() as session:
        rows = [*session.scalars(select(DecisionInput.body)), *session.scalars(select(DecisionRow.result))]
    return json.dumps(rows, ensure_ascii=False)


def wrong(hub: Hub) -> list[tuple[str, str]]:
    with hub.database.read() as session:
        return [(one.id, one.code) for one in deviations(session)]


@pytest.fixture
def asset(hub: Hub) -> str:
    """An asset of a creator who is credited under two names."""
    asset = made(hub, "zoe.oster", CREDIT, SHORT)
    with hub.database.write() as session:
        creator = session.get_one(Creator, str(session.get_one(Asset, asset).creator_id))
        creator.display_name = NAME
    return asset


@pytest.mark.req("R90")
def test_an_erased_creator_is_named_in_no_kept_decision_and_each_is_made_again(hub: Hub, asset: str) -> None:
    alone = kept(hub, asset)
    mixed = kept(hub, made(hub, "ben", OTHER), ingredients=(asset,), edits=frozenset({"composite"}))
    assert written(hub).count(NAME) >= 2
    with hub.database.read() as session:
        before = {row.id: row.result for row in session.scalars(select(DecisionRow))}
    erased(hub, asset)
    assert NAME not in written(hub)
    assert "zoe.oster" not in written(hub)
    assert "Photo: Ben" in written(hub), "nobody else asked for it"
    assert (wrong(hub), broken(hub)) == ([], None)
    with hub.database.read() as session:
        for one in (alone, mixed):
            was, again = licensing.replay(session, one)
            assert was == again
            left = {**was, "duties": []}
            assert left == {**before[one], "duties": []}, "nothing else of the answer changed"
            assert len(was["duties"]) == len(before[one]["duties"]), "two names are still two"
        inputs = set(session.scalars(select(DecisionInput.sha256)))
        assert inputs == set(session.scalars(select(DecisionRow.input_sha256)))
        told = session.scalars(select(Event.object_id).where(Event.kind == "decision.scrubbed"))
        assert {alone, mixed} <= set(told)


def test_a_decision_that_was_edited_before_loses_the_name_and_is_still_found(hub: Hub, asset: str) -> None:
    first, second = kept(hub, asset), kept(hub, asset, products=("mug",))
    tamper(hub, f"UPDATE decisions SET actor = 'usr_other' WHERE id = '{first}'")
    assert wrong(hub) == [(first, "edited")]
    erased(hub, asset)
    assert NAME not in written(hub)
    assert wrong(hub) == [(first, "edited")]
    assert second != first


def test_what_is_said_to_be_an_erasure_and_was_none_is_found(hub: Hub, asset: str) -> None:
    one = kept(hub, asset)
    statement = "UPDATE decisions SET result = '{}', scrubbed_at = '2026-01-01 00:00:00' WHERE id = :id"
    with hub.database.engine.begin() as connection:
        connection.execute(text(statement), {"id": one})
    assert wrong(hub) == [(one, "edited")]


@pytest.mark.parametrize("change", ["actor = 'x'", "asset_id = 'x'", "request = '{}'"])
def test_no_erasure_changes_anything_else_of_a_decision(hub: Hub, asset: str, change: str) -> None:
    one = kept(hub, asset)
    statement = f"UPDATE decisions SET {change}, scrubbed_at = '2026-01-01 00:00:00' WHERE id = :id"
    with pytest.raises(DatabaseError, match="only ever appended"), hub.database.engine.begin() as connection:
        connection.execute(text(statement), {"id": one})
