"""What the browser tests do again and again."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.serving import Served
from ugc_hub import catalog, ingest
from ugc_hub.accounts import SYSTEM


def until(true: Callable[[], object], seconds: float = 45.0) -> None:
    """Wait until something is true; the page's own policy forbids scripts that Playwright would wait with."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def send(site: Served, data: bytes, name: str = "photo.jpg", **known: Any) -> str:
    """Put a file into the hub past the browser and return the asset's id; it is not measured yet."""
    upload = ingest.Upload(file_name=name, door="api", size_bytes=len(data), **known)
    return ingest.accept(site.hub, SYSTEM, io.BytesIO(data), upload).asset_id


def give(site: Served, data: bytes, name: str = "photo.jpg", **known: Any) -> str:
    """Put a file into the hub past the browser, wait until it is measured, and return the asset's id."""
    asset_id = send(site, data, name, **known)
    until(lambda: catalog.get(site.hub, SYSTEM, asset_id).status == "ready")
    return asset_id


def wide_by(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
