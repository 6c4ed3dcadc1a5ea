"""What the browser tests do again and again."""

from __future__ import annotations

import io
from typing import Any

from playwright.sync_api import Page

from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import catalog, ingest
from ugc_hub.accounts import SYSTEM
from ugc_hub.licensing import Proof, giving


def send(site: Served, data: bytes, name: str = "photo.jpg", **known: Any) -> str:
    """Put a file into the hub past the browser and return the asset's id; it is not measured yet."""
    upload = ingest.Upload(file_name=name, door="api", size_bytes=len(data), **known)
    return ingest.accept(site.hub, SYSTEM, io.BytesIO(data), upload).asset_id


def give(site: Served, data: bytes, name: str = "photo.jpg", **known: Any) -> str:
    """Put a file into the hub past the browser, wait until it is measured, and return the asset's id."""
    asset_id = send(site, data, name, **known)
    wait_until(lambda: catalog.get(site.hub, SYSTEM, asset_id).status == "ready")
    return asset_id


def wide_by(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def granted(site: Served, *asset_ids: str, proof: bytes | None = b"You may.") -> str:
    """Give a grant of the assets in e-mail and on Instagram, and return its id; without a proof it waits for one."""
    plain = {
        "effect": "permit",
        "layer": "copyright",
        "channels": ["email", "organic_social.instagram"],
        "territories": ["EU", "US"],
        "exclude_territories": ["FR"],
        "edits": ["crop"],
        "products": ["*"],
        "window": {"trigger": "date", "start": "2020-05-01", "until": "2090-10-31", "zone": "Europe/Berlin"},
        "evidence_level": 2,
        "signed_at": "2020-04-01T00:00:00Z",
    }
    agreement = {"kind": "licence", "licensor": "Ana"}
    given = giving.Given.of({"grant": plain, "assets": list(asset_ids), "agreement": agreement, "text": "You may."})
    evidence = Proof("clickwrap", proof, "text/plain") if proof else None
    return str(giving.give(site.hub, SYSTEM, given, evidence)[0]["id"])
