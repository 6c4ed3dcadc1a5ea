"""A slow reader over a real connection: after a revocation the rest does not come, and that can be seen."""

from __future__ import annotations

import hashlib
import http.client
import io
import time
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

from tests.serving import served
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.waiting import wait_until
from ugc_hub import accounts, licensing, packs
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.watching import LOOK_EVERY
from ugc_hub.models import Rendition

SIDE = 5400
"""Pixels of a square of noise: tens of millions of bytes, far more than sockets hold on the way."""
PRESET = "email.hero.600.1x"


def _noise() -> bytes:
    pixels = np.random.default_rng(5).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=98, subsampling=0)
    return file.getvalue()


def _big(hub: Hub, data: bytes) -> tuple[str, str]:
    """An asset with a big original and a pack with a big rendition; bytes that nobody looks at."""
    sha256 = hashlib.sha256(data).hexdigest()
    hub.storage.put(f"originals/{sha256}", data)
    asset = asset_row(hub, sha256=sha256, size_bytes=len(data))
    clear(hub, asset)
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[asset], preset_ids=[PRESET], stated=StatedUse("email"))
    key = "renditions/big.jpg"
    hub.storage.put(key, data)
    ready = {"status": "ready", "storage_key": key, "size_bytes": len(data), "sha256": sha256}
    with hub.database.write() as session:
        session.execute(update(Rendition).values(**ready, media_type="image/jpeg"))
    return asset, pack.id


def _read(connection: http.client.HTTPConnection, path: str, token: str, cut: str, hub: Hub) -> tuple[bytes, int]:
    """Begin to read, close the asset, wait, read on; return what came, and how much was said to come (0: not said)."""
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    assert answer.status == 200
    said = int(answer.headers.get("Content-Length", 0))
    came = [answer.read(1_000_000)]
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=cut, status="hold", note="a claim")
    until = time.monotonic() + LOOK_EVERY.total_seconds() + 1
    wait_until(lambda: time.monotonic() > until)
    try:
        while piece := answer.read(1_000_000):
            came.append(piece)
    except (http.client.IncompleteRead, ConnectionError) as error:
        came.append(getattr(error, "partial", b""))
    return b"".join(came), said


@pytest.mark.req("R65")
@pytest.mark.parametrize("what", ["original", "pack"])
def test_a_slow_reader_gets_no_whole_copy_after_a_revocation(tmp_path: Path, what: str) -> None:
    data = _noise()
    with served(tmp_path) as site:
        asset, pack = _big(site.hub, data)
        user = accounts.create_user(site.hub, "reader@example.org", "admin")
        _, token = accounts.create_token(site.hub, user, "test", scopes=frozenset())
        path = f"/api/v1/assets/{asset}/original" if what == "original" else f"/api/v1/packs/{pack}/file"
        connection = http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=60)
        body, said = _read(connection, path, token, asset, site.hub)
        connection.close()
        assert 1_000_000 <= len(body) < len(data) // 2
        if what == "original":
            assert said == len(data), "whoever reads knows that the rest is missing"
        else:
            assert not zipfile.is_zipfile(io.BytesIO(body)), "no program opens it"
        assert "a transfer was cut" in site.log.read_text()
