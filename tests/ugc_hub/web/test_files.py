"""Files over HTTP: fixed type, inert, in ranges, cached by content."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.rows import with_clock
from tests.ugc_hub.web.conftest import Person
from ugc_hub import delivery, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import FileOut
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse, TransferEnded, leaving
from ugc_hub.web import files
from ugc_hub.web.app import create_app

DATA = jpeg(700, 500, 3)
NAME = 'böse"\r\nX-Forged: 1\u202egpj.html'


@pytest.fixture
def original(hub: Hub, program: Callable[..., Person]) -> str:
    """The address of an original with a hostile name."""
    sender = program("admin")
    made = sender.client.post("/api/v1/uploads", query_string={"filename": NAME}, data=DATA, headers=sender.headers)
    finish(hub, [1])
    asset_id = cleared(hub, made.json["asset_id"])  # type: ignore[index]
    return f"/api/v1/assets/{asset_id}/original"


@pytest.mark.req("R57", "R58")
def test_an_original_is_a_download_that_cannot_run(browser: Callable[[str], Person], original: str) -> None:
    answer = browser("legal").get(original)
    assert answer.data == DATA
    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert headers["Content-Disposition"].isprintable()
    assert "X-Forged" not in headers
    assert ".jpg" in headers["Content-Disposition"]
    assert headers["Accept-Ranges"] == "bytes"


RANGES = [
    ("bytes=0-9", 206, DATA[:10], f"bytes 0-9/{len(DATA)}"),
    ("bytes=100-", 206, DATA[100:], f"bytes 100-{len(DATA) - 1}/{len(DATA)}"),
    ("bytes=-7", 206, DATA[-7:], f"bytes {len(DATA) - 7}-{len(DATA) - 1}/{len(DATA)}"),
    (f"bytes=5-{len(DATA) + 99}", 206, DATA[5:], f"bytes 5-{len(DATA) - 1}/{len(DATA)}"),
    (f"bytes={len(DATA)}-", 416, b"", f"bytes */{len(DATA)}"),
    ("bytes=0-1,5-6", 200, DATA, None),
    ("bytes=9-2", 200, DATA, None),
    ("lines=1-2", 200, DATA, None),
    ("nonsense", 200, DATA, None),
]


@pytest.mark.parametrize(("asked", "status", "body", "content_range"), RANGES)
def test_ranges_are_served(
    program: Callable[..., Person], original: str, asked: str, status: int, body: bytes, content_range: str | None
) -> None:
    answer = program("admin").get(original, headers={"Range": asked})
    assert answer.status_code == status
    assert answer.data == body
    assert answer.headers.get("Content-Range") == content_range
    assert int(answer.headers["Content-Length"]) == len(body)


def test_what_did_not_change_is_not_sent_again(program: Callable[..., Person], original: str) -> None:
    admin = program("admin")
    tag = admin.get(original).headers["ETag"]
    same = admin.get(original, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert admin.get(original, headers={"If-None-Match": '"other"'}).status_code == 200
    part = {"Range": "bytes=0-4"}
    assert admin.get(original, headers={**part, "If-Range": tag}).status_code == 206
    assert admin.get(original, headers={**part, "If-Range": '"other"'}).status_code == 200


def test_head_tells_the_size_without_the_bytes(program: Callable[..., Person], original: str) -> None:
    answer = program("admin").ask("HEAD", original)
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(DATA)


@pytest.mark.req("R46")
def test_a_preview_is_shown_inline_and_is_inert(browser: Callable[[str], Person], original: str) -> None:
    viewer = browser("viewer")
    answer = viewer.get(original.replace("/original", "/previews/thumb"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert viewer.get(original.replace("/original", "/previews/none")).status_code == 404
    assert viewer.get(original).status_code == 403


def test_bytes_that_are_missing_from_the_storage_are_an_error_in_words(
    hub: Hub, program: Callable[..., Person], original: str
) -> None:
    for stat in list(hub.storage.list("originals/")):
        hub.storage.delete(stat.key)
    answer = program("admin").get(original)
    assert answer.status_code == 404
    assert "storage" in answer.get_data(as_text=True)


@pytest.mark.req("R65")
@pytest.mark.parametrize("how", ["original", "rendition", "link", "pack"])
def test_a_transfer_that_is_on_its_way_is_cut_when_the_permission_ends(
    hub: Hub, program: Callable[..., Person], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    sender = program("admin")
    sent = sender.client.post("/api/v1/uploads", data=jpeg(1300, 900, 7), headers=sender.headers)
    finish(hub, [1])
    asset = cleared(hub, sent.json["asset_id"])  # type: ignore[index]
    stated = StatedUse("email")
    preset = "email.hero.600.1x"
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[asset], preset_ids=[preset], stated=stated)
    (made,) = pack.items[0]["renditions"]
    finish(hub, [renditions.get(hub, SYSTEM, made).job_id or 0])
    monkeypatch.setattr(files, "CHUNK_BYTES", 1000)
    monkeypatch.setattr(leaving, "PIECE_BYTES", 1000)
    hub, clock = with_clock(hub)
    paths = {
        "original": f"/api/v1/assets/{asset}/original",
        "rendition": f"/api/v1/renditions/{made}/file?channel=email",
        "link": f"/d/{delivery.make_link(hub, SYSTEM, made, stated=stated).token}",
        "pack": f"/api/v1/packs/{pack.id}/file",
    }
    answer = create_app(hub).test_client().get(paths[how], headers=sender.headers, buffered=False)
    assert answer.status_code == 200
    pieces = iter(answer.response)
    for _ in range(3):
        clock.go_on(seconds=10)
        assert next(pieces)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", note="a claim")
    clock.go_on(seconds=10)
    with pytest.raises(TransferEnded):
        next(pieces)
    answer.close()


def test_a_file_that_is_none_of_the_ledger_is_not_watched(hub: Hub) -> None:
    hub.storage.put("evidence/x", b"words")
    with create_app(hub).test_request_context():
        assert files.send(FileOut("evidence/x", "text/plain", 5, "x.txt", "x"), attachment=True).data == b"words"
