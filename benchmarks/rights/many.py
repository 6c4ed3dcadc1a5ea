"""Hubs with very many assets, for questions about all of them."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.rights.fill import Rows, asset_id, asset_rows, grant_row, keep, links
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetPerson, AssetRights, DataKey, Grant, GrantAsset, Person, Submission

AGREEMENTS = 400
PERSONS = 2000


def fill_many(hub: Hub, count: int) -> None:
    """Give most assets a licence of one of 400 agreements; one in five has grants of its own as well.

    One in seven shows one or two of 2,000 persons, most of whom gave a release; one in fifty is prohibited somewhere;
    one in twelve is on hold or was never looked at.
    """
    chosen = random.Random(2)
    submissions, assets, facts = asset_rows(hub, count)
    grants: Rows = [grant_row(f"grt_shared{number:04d}", chosen) for number in range(AGREEMENTS)]
    named: Rows = []
    shown: Rows = []
    for number in range(count):
        name = asset_id(number)
        named += links(f"grt_shared{chosen.randrange(AGREEMENTS):04d}", [name])
        kind = chosen.random()
        if kind < 0.2:
            grants.append(grant_row(f"grt_own{number:06d}", chosen))
            named += links(grants[-1]["id"], [name])
        if chosen.random() < 0.02:
            barred = {"channels": ["paid_social"], "territories": [chosen.choice(("DE", "US", "FR"))], "products": None}
            grants.append(grant_row(f"grt_bar{number:06d}", chosen, effect="prohibit", edits=None, **barred))
            named += links(grants[-1]["id"], [name])
        if chosen.random() < 1 / 7:
            facts[number]["people_state"] = "listed"
            for person in {chosen.randrange(PERSONS) for _ in range(chosen.choice((1, 1, 2)))}:
                shown.append({"asset_id": name, "person_id": f"prs_{person:06d}"})
        if chosen.random() < 1 / 12:
            facts[number]["status"] = chosen.choice(("hold", "pending_review"))
    releases, released = _releases(chosen, shown)
    keep(hub, (Submission, submissions), (Asset, assets), (AssetRights, facts), *_persons(hub))
    keep(hub, (AssetPerson, shown), (Grant, grants + releases), (GrantAsset, named + released))


def _persons(hub: Hub) -> list[tuple[type[Any], Rows]]:
    now = hub.now()
    keys: Rows = [{"id": f"key_{number:06d}", "created_at": now, "sealed": b""} for number in range(PERSONS)]
    persons: Rows = [
        {"id": f"prs_{number:06d}", "created_at": now, "key_id": f"key_{number:06d}", "sealed": b"", "is_adult": True}
        for number in range(PERSONS)
    ]
    return [(DataKey, keys), (Person, persons)]


def _releases(chosen: random.Random, shown: Rows) -> tuple[Rows, Rows]:
    """A release of each person, but for one in ten, for all the assets that show them."""
    seen: dict[str, list[str]] = {}
    for row in shown:
        seen.setdefault(row["person_id"], []).append(row["asset_id"])
    grants: Rows = []
    named: Rows = []
    for person, assets in sorted(seen.items()):
        if chosen.random() < 0.9:
            wide = {"channels": ["*"], "territories": ["WORLD"], "edits": ["any_edit"], "evidence_level": 3}
            grants.append(grant_row(f"grt_rel{person}", chosen, layer="likeness", subject=person, **wide))
            named += links(grants[-1]["id"], assets)
    return grants, named


def fill_different(hub: Hub, count: int) -> None:
    """Give every asset a licence like no other's: the worst that can be."""
    chosen = random.Random(3)
    submissions, assets, facts = asset_rows(hub, count)
    grants: Rows = [grant_row(f"grt_{number:06d}", chosen) for number in range(count)]
    named = [link for number, grant in enumerate(grants) for link in links(grant["id"], [asset_id(number)])]
    keep(hub, (Submission, submissions), (Asset, assets), (AssetRights, facts))
    keep(hub, (Grant, grants), (GrantAsset, named))
