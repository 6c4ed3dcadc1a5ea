"""What the browser tests do again and again."""

from __future__ import annotations

import io
from typing import Any

from playwright.sync_api import Page

from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import catalog, ingest
from ugc_hub.accounts import SYSTEM


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
