"""Whatever programs send to the doors of grants, agreements and revocations: a clear no, never a failure of the hub."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub

Program = Callable[..., Person]
SIGNED = "2026-01-01T00:00:00Z"
GRANT: dict[str, Any] = {
    "effect": "permit",
    "channels": ["email"],
    "territories": ["DE"],
    "exclude_territories": [],
    "edits": ["crop"],
    "products": ["*"],
    "window": {"trigger": "date", "start": "2026-01-01", "count": 2, "unit": "years", "zone": "Europe/Berlin"},
    "evidence_level": 2,
    "duties": [{"duty": "credit", "phase": "during", "text": "@ana"}],
    "wind_down": {"mode": "grace", "days": 3, "channels": ["email"]},
    "signed_at": SIGNED,
    "signed_by_role": "creator",
    "max_uses": 3,
    "uses": 0,
    "vocab_version": 2,
    "exclusive": False,
    "sublicense_to": [],
    "note": "",
}
AGREEMENT: dict[str, Any] = {
    "kind": "licence",
    "title": "Summer",
    "licensor": "Ana",
    "zone": "Europe/Berlin",
    "revocable": "with_notice",
    "notice_days": 30,
    "locale": "en",
    "signed_at": SIGNED,
    "signed_by_role": "creator",
    "covers": None,
    "creator_id": None,
    "person_id": None,
}
REVOKE: dict[str, Any] = {
    "basis": "contract_notice",
    "channels": ["email"],
    "territories": ["DE"],
    "requested_at": SIGNED,
    "note": "",
}
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3.5, 1e308, 10**19, -(10**19), 10**400, "", "x", "*", "moon", "\0", "\ud800",
    "a" * 5000, "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "Europe/Berlin",
    "../../etc", [], [1], [None], [[]], ["x"], ["email"], [{}], {}, {"x": 1}, {"duty": 5}, {"trigger": "moon"},
    {"mode": "grace", "days": 10**30}, [{"duty": "credit", "text": {"a": [1.5, None]}}],
    [{"duty": "pay", "phase": "x"}],
)  # fmt: skip


def bent(chance: random.Random, plain: Any, depth: int = 0) -> Any:
    """The same form with something odd somewhere in it."""
    if depth > 3 or chance.random() < 0.25:
        return chance.choice(ODD)
    if isinstance(plain, Mapping) and plain:
        name = chance.choice(sorted(plain))
        changed = {**plain, name: bent(chance, plain[name], depth + 1)}
        if chance.random() < 0.1:
            changed.pop(chance.choice(sorted(changed)))
        if chance.random() < 0.1:
            changed[chance.choice(["x", "window", "covers", "state", "subject"])] = chance.choice(ODD)
        return changed
    if isinstance(plain, list) and plain:
        return [*plain[:-1], bent(chance, plain[-1], depth + 1)]
    return chance.choice(ODD)


def test_no_form_makes_the_hub_fail(hub: Hub, program: Program) -> None:
    asset, manager, chance = asset_row(hub, creator="ana"), program("content_manager"), random.Random(7)
    grant = clear(hub, asset)
    posts: dict[str, tuple[str, Any]] = {
        "/api/v1/grants": ("POST", {"grant": GRANT, "assets": [asset], "agreement": AGREEMENT, "text": "You may."}),
        f"/api/v1/grants/{grant}/supersede": (
            "POST",
            {"grant": GRANT, "text": "", "signed_at": SIGNED},
        ),
        f"/api/v1/grants/{grant}/revoke": ("POST", REVOKE),
        f"/api/v1/grants/{grant}/state": ("PUT", {"state": "suspended"}),
        f"/api/v1/grants/{grant}/milestones": ("POST", {"name": "cap_reached", "at": SIGNED}),
        "/api/v1/agreements": ("POST", {**AGREEMENT, "text": "You may."}),
        f"/api/v1/assets/{asset}/rights": ("PUT", {"people": [], "properties": [], "music": "none"}),
        f"/api/v1/assets/{asset}/decisions": ("POST", {"channel": "email", "at": SIGNED}),
    }
    failed = []
    for path, (method, whole) in posts.items():
        for _ in range(60):
            body = json.dumps(bent(chance, whole))
            answer = manager.ask(method, path, data=body, content_type="application/json")
            if answer.status_code >= 500:
                failed.append((path, body[:400], answer.get_data(as_text=True)[:200]))
    for path in (f"/api/v1/assets/{asset}/rights", f"/api/v1/assets/{asset}/grants", "/api/v1/revocations"):
        answer = program("legal").get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
    assert not failed


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("supersede", {"grant": {"channels": [1]}}, "channels"),
        ("supersede", {"grant": {"edits": 5}}, "edits"),
        ("supersede", {"grant": {"evidence_level": True}}, "evidence_level"),
        ("supersede", {"grant": {"window": {"trigger": "moon"}}}, "window"),
        ("supersede", {"grant": {"max_uses": 10**40}}, "max_uses"),
        ("supersede", {"grant": {"exclusive": "yes"}}, "exclusive"),
        ("supersede", {"grant": {"vocab_version": 99}}, "vocab_version"),
        ("revoke", {"basis": "contract_notice", "requested_at": "2026-01-01T00:00:00"}, "requested_at"),
        ("revoke", {"basis": "platform_revoked", "requested_at": "2999-01-01T00:00:00Z"}, "requested_at"),
    ],
)
def test_a_wrong_member_is_named(hub: Hub, program: Program, path: str, change: dict[str, Any], field: str) -> None:
    grant = clear(hub, asset_row(hub))
    answer = program("content_manager").post(f"/api/v1/grants/{grant}/{path}", json=change)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert json.loads(answer.data)["field"] == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version_id": "agv_none"}, "version_id"),
        ({"version_id": 5}, "version_id"),
        ({"agreement": {**AGREEMENT, "creator_id": "crt_none"}}, "creator_id"),
        ({"agreement": {**AGREEMENT, "person_id": "prs_none"}}, "person_id"),
        ({"agreement": {**AGREEMENT, "notice_days": "x"}}, "notice_days"),
        ({"agreement": {**AGREEMENT, "notice_days": -30}}, "notice_days"),
        ({"agreement": {**AGREEMENT, "zone": "Moon/Sea"}}, "zone"),
        ({"agreement": {**AGREEMENT, "signed_at": "2026-01-01T00:00:00"}}, "signed_at"),
        ({"agreement": {**AGREEMENT, "covers": {"from": 5}}}, "covers"),
    ],
)
def test_an_agreement_that_could_not_be_kept_is_refused(
    hub: Hub, program: Program, change: dict[str, Any], field: str
) -> None:
    body = {"grant": GRANT, "assets": [asset_row(hub)], **change}
    answer = program("content_manager").post("/api/v1/grants", json=body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    said = json.loads(answer.data)
    assert field in (said.get("field"), *(one for one in json.dumps(said).split('"')))


def test_what_ends_at_once_ends_now_where_clocks_differ(hub: Hub, program: Program) -> None:
    grant = clear(hub, asset_row(hub))
    soon = (hub.now() + timedelta(minutes=2)).isoformat()
    body = {"basis": "platform_revoked", "requested_at": soon}
    answer = program("content_manager").post(f"/api/v1/grants/{grant}/revoke", json=body)
    assert json.loads(answer.data)["effective_at"] < soon
