"""The published cases of rights through the database: what was stored must answer as what was published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import CASES
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import facts_row, grant_row
from ugc_hub import licensing
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.rights import Decision, Request, decide, read_facts, read_grant, read_request, standard


def _cases() -> list[dict[str, Any]]:
    if CASES is None:
        return []
    found: list[dict[str, Any]] = json.loads((CASES / "rights_cases.json").read_text("utf-8"))["cases"]
    return found


@pytest.fixture
def hub(tmp_path: Path, migrated_url: str) -> Iterator[Hub]:
    made = make_hub(tmp_path / "var", migrated_url)
    yield made
    made.close()


def _storable(case: dict[str, Any]) -> bool:
    """Whether the words are those of this release's vocabulary, and the request could come from outside."""
    words = standard()
    for plain in case["grants"]:
        for name in ("channels", "edits", "territories"):
            if words.unknown(name, frozenset(plain.get(name) or ())):
                return False
    return True


def _use(request: Request) -> licensing.Use:
    return licensing.Use(
        channel=request.channel,
        territories=request.territories or ("WORLD",),
        edits=request.edits,
        products=request.products,
        at=request.at,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        operation=request.operation,
        parties=request.parties,
        ingredients=request.ingredients,
    )


def _pure(case: dict[str, Any]) -> tuple[Request, Decision]:
    request = read_request(case["request"])
    grants = [read_grant(plain) for plain in case["grants"]]
    facts = {plain["id"]: read_facts(plain) for plain in case["assets"]}
    return request, decide(request, grants, facts)


STORED = [("sqlite", case) for case in _cases()] + [("postgresql", case) for case in _cases()[::4]]
"""Database and case; one in four is enough to see that PostgreSQL gives back what it was given."""


@pytest.mark.parametrize(
    ("migrated_url", "case"), STORED, ids=[f"{kind}-{case['id']}" for kind, case in STORED], indirect=["migrated_url"]
)
def test_what_was_stored_answers_as_what_was_published(hub: Hub, case: dict[str, Any]) -> None:
    request, expected = _pure(case)
    for plain in case["assets"]:
        facts_row(hub, plain)
    if not _storable(case):
        with pytest.raises(Invalid):
            _store(hub, case)
        return
    known = _store(hub, case)
    with hub.database.read() as session:
        rows = licensing.situation(session, [request.asset, *request.ingredients])
    parted = ((*key.partition(":"), done) for key, done in request.duty_state.items())
    duties = {f"{known.get(grant)}:{duty}": done for grant, _, duty, done in parted}
    asked = replace(licensing.request_of(hub, request.asset, _use(request), duties), now=request.now)
    answer = decide(asked, rows.grants, rows.facts)
    assert answer.decision == expected.decision
    assert [reason.key for reason in answer.reasons] == [reason.key for reason in expected.reasons]
    assert answer.duties == expected.duties
    assert set(answer.grants_used) == {known[one] for one in expected.grants_used}
    assert answer.valid_until == expected.valid_until
    assert answer.territory_decisions == expected.territory_decisions


def _store(hub: Hub, case: dict[str, Any]) -> dict[str, str]:
    """Write the grants, older ones first, and return their ids by those of the case."""
    known: dict[str, str] = {}
    for plain in sorted(case["grants"], key=lambda one: (bool(one.get("supersedes")), str(one["id"]))):
        known[plain["id"]] = grant_row(hub, plain, known)
    return known
