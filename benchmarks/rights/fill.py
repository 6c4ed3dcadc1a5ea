"""Hubs with many assets and grants, written straight into the tables: only asking is measured."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ugc_hub.database.upgrade import migrate
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.models import Asset, AssetRights, Grant, GrantAsset, Submission
from ugc_hub.settings import Settings

SIGNED = datetime(2026, 1, 1, tzinfo=UTC)
CHANNELS = ("organic_social", "paid_social", "email", "website", "display", "marketplace", "press", "tv.ctv", "*")
PLACES = ("WORLD", "EU", "DE", "AT", "CH", "US", "FR", "GB", "US-CA")
EDITS = ("crop", "trim", "subtitle", "color", "caption_overlay", "logo_overlay", "any_edit")
BATCH = 5000

Rows = list[dict[str, Any]]


def empty_hub(folder: Path) -> Hub:
    """Return a new hub whose data lie in the folder."""
    hub = open_hub(Settings(data_dir=folder, min_free_bytes=0))
    migrate(hub.database)
    prepare(hub)
    return hub


def asset_id(number: int) -> str:
    """Return the id of the asset of a number."""
    return f"ast_{number:022d}"


def asset_rows(hub: Hub, count: int) -> tuple[Rows, Rows, Rows]:
    """Return a submission, assets and rights facts that leave nothing open."""
    now = hub.now()
    submission = {"id": "sub_bench", "created_at": now, "door": "api", "note": ""}
    assets: Rows = []
    facts: Rows = []
    for number in range(count):
        name = asset_id(number)
        assets.append(
            {
                "id": name,
                "created_at": now,
                "sha256": hashlib.sha256(name.encode()).hexdigest(),
                "status": "ready",
                "file_name": f"{number}.jpg",
                "size_bytes": 1000,
                "kind": "image",
                "media_type": "image/jpeg",
                "extension": ".jpg",
                "submission_id": submission["id"],
                "previews": {},
            }
        )
        facts.append(
            {
                "asset_id": name,
                "status": "active",
                "digital_source_type": "digitalCapture",
                "has_audio": False,
                "is_testimonial": False,
                "compensation": "paid",
                "people_state": "none",
                "property_state": "none",
                "music": "none",
                "updated_at": now,
            }
        )
    return [submission], assets, facts


def grant_row(name: str, chosen: random.Random, **stated: Any) -> dict[str, Any]:
    """Return a permission of a random kind; `stated` are members of its plain form, its layer and its subject."""
    starts = SIGNED + timedelta(days=chosen.randrange(400))
    body = {
        "channels": sorted(chosen.sample(CHANNELS, 3)),
        "territories": sorted(chosen.sample(PLACES, 3)),
        "exclude_territories": [],
        "grantee": ["brand"],
        "products": ["*"],
        "edits": sorted(chosen.sample(EDITS, 3)),
        "evidence_level": chosen.choice((2, 3)),
        "signed_at": SIGNED.isoformat(),
        "signed_by_role": "creator",
        "duties": [{"duty": "credit", "phase": "during", "text": f"Photo: {name}"}],
        "vocab_version": 2,
        **stated,
    }
    body |= {name: body.get(name) for name in ("effect", "layer", "subject")}
    body["effect"], body["layer"] = body["effect"] or "permit", body["layer"] or "copyright"
    return {
        "id": name,
        "created_at": SIGNED,
        "effect": body["effect"],
        "layer": body["layer"],
        "subject": body["subject"],
        "reach": "assets",
        "state": "active",
        "body": body,
        "content_hash": hashlib.sha256(json.dumps(body).encode()).hexdigest(),
        "starts_at": starts if body["effect"] == "permit" else None,
        "ends_at": starts + timedelta(days=chosen.randrange(30, 1500)) if body["effect"] == "permit" else None,
        "perpetual": False,
        "evidence_ok": True,
        "revoked": False,
        "counters": {},
        "note": "",
    }


def keep(hub: Hub, *tables: tuple[type[Any], Rows]) -> None:
    """Write rows of tables, in this order."""
    with hub.database.write() as session:
        for table, rows in tables:
            _insert(session, table, rows)


def _insert(session: Session, table: type[Any], rows: Rows) -> None:
    for some in _some(rows):
        session.execute(insert(table), some)


def _some(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def links(grant_id: str, assets: Iterable[str]) -> Rows:
    """Return the rows that bring assets under a grant."""
    return [{"grant_id": grant_id, "asset_id": one} for one in assets]


def fill_single(hub: Hub, assets: int, grants: int) -> None:
    """Give each asset `grants` permissions: half of them of agreements that many share, half its own."""
    chosen = random.Random(1)
    shared = [grant_row(f"grt_shared{number}", chosen) for number in range(300)]
    own: Rows = []
    named: Rows = []
    for number in range(assets):
        for one in chosen.sample(shared, grants // 2):
            named += links(one["id"], [asset_id(number)])
        for part in range(grants - grants // 2):
            row = grant_row(f"grt_{number:06d}{part:02d}", chosen)
            own.append(row)
            named += links(row["id"], [asset_id(number)])
    submissions, rows, facts = asset_rows(hub, assets)
    keep(hub, (Submission, submissions), (Asset, rows), (AssetRights, facts))
    keep(hub, (Grant, shared + own), (GrantAsset, named))
