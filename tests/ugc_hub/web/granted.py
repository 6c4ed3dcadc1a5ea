"""What tests of grants on pages share: a grant, its form, and what a page says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.ugc_hub.licensing.rows import FREE
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Proof, giving

HOSTILE = "\"><img src=x onerror=alert(1)>'{{7*7}}"
TERMS: dict[str, Any] = {
    "effect": "permit",
    "layer": "copyright",
    "channels": ["email", "organic_social.instagram"],
    "territories": ["EU", "US"],
    "edits": ["crop"],
    "products": ["*"],
    "window": {"trigger": "date", "start": "2020-05-01", "until": "2090-10-31", "zone": "Europe/Berlin"},
    "evidence_level": 2,
    "signed_at": "2020-04-01T00:00:00Z",
}
Browser = Callable[[str], Person]


def html(person: Person, path: str, status: int = 200) -> str:
    answer = person.get(path)
    assert answer.status_code == status, path
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def cleared(hub: Hub) -> str:
    made = asset_row(hub, "sea.jpg", creator="ana")
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=made, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=made, status="active")
    return made


def give(hub: Hub, *assets: str, proof: bytes | None = b"yes", **change: Any) -> str:
    plain = {
        "grant": {**TERMS, **change},
        "assets": list(assets),
        "agreement": {"kind": "licence", "licensor": "Ana"},
        "text": "You may use the pictures.",
    }
    given = giving.Given.of(plain)
    evidence = Proof("clickwrap", proof, "text/plain") if proof else None
    return str(giving.give(hub, SYSTEM, given, evidence)[0]["id"])


def filled(person: Person, *assets: str, **change: Any) -> dict[str, Any]:
    return {
        "csrf": person.csrf,
        "asset": list(assets),
        "effect": "permit",
        "layer": "copyright",
        "licensor": "Ana",
        "channel": ["organic_social", "email"],
        "territory": ["WORLD"],
        "exclude_territories": "ru, by",
        "edit": ["crop"],
        "trigger": "date",
        "start": "2026-05-01",
        "until": "2090-10-31",
        "zone": "Europe/Berlin",
        "unit": "months",
        "evidence_level": "2",
        "signed_on": "2026-04-01",
        "signed_by_role": "creator",
        "revocable": "any_time",
        "credit": "Photo: @ana",
        "text": "You may.",
        **change,
    }
