"""Decisions that were handed out: an edited or removed one is named, and each is made again."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.ugc_hub.audit.tampering import tamper
from ugc_hub.hub import Hub
from ugc_hub.licensing import deviations
from ugc_hub.models import DecisionRow


def wrong(hub: Hub) -> list[tuple[str, str]]:
    with hub.database.read() as session:
        return [(one.id, one.code) for one in deviations(session)]


def kept(hub: Hub) -> list[DecisionRow]:
    with hub.database.read() as session:
        return list(session.scalars(select(DecisionRow).order_by(DecisionRow.id)))


def quoted(value: object) -> str:
    return json.dumps(value).replace("'", "''").replace(":", "\\:")


def test_decisions_as_they_were_handed_out_are_in_order(full: Hub) -> None:
    assert len(kept(full)) == 3
    assert wrong(full) == []


@pytest.mark.req("R87")
def test_an_edited_answer_is_named(full: Hub) -> None:
    row = kept(full)[0]
    forged = {**row.result, "valid_until": None, "grants_used": ["grt_other"]}
    tamper(full, f"UPDATE decisions SET result = '{quoted(forged)}' WHERE id = '{row.id}'")
    assert wrong(full) == [(row.id, "edited")]


def test_an_edited_actor_is_named(full: Hub) -> None:
    row = kept(full)[1]
    tamper(full, f"UPDATE decisions SET actor = 'usr_other' WHERE id = '{row.id}'")
    assert wrong(full) == [(row.id, "edited")]


@pytest.mark.req("R87")
def test_a_removed_decision_is_named(full: Hub) -> None:
    row = kept(full)[1]
    tamper(full, f"DELETE FROM decisions WHERE id = '{row.id}'")
    assert wrong(full) == [(row.id, "removed")]


def test_edited_grants_are_named_by_every_decision_that_rests_on_them(full: Hub) -> None:
    first, second, third = kept(full)
    assert first.input_sha256 == second.input_sha256 != third.input_sha256
    tamper(full, f"""UPDATE decision_inputs SET body = '{{"grants"\\: []}}' WHERE sha256 = '{first.input_sha256}'""")
    assert wrong(full) == [(first.id, "input_edited"), (second.id, "input_edited")]


@pytest.mark.req("R87")
def test_a_decision_that_gets_another_answer_is_named_even_where_the_audit_does_not_know_it(full: Hub) -> None:
    row = kept(full)[0]
    forged = {**row.result, "decision": "deny"}
    tamper(
        full,
        f"DELETE FROM events WHERE object_id = '{row.id}'",
        f"UPDATE decisions SET result = '{quoted(forged)}' WHERE id = '{row.id}'",
    )
    assert wrong(full) == [(row.id, "answer")]
