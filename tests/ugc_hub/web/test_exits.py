"""Every way out of the hub: none hands out a byte against the answer. `test_guard` finds ways that are new."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import func, select

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.test_streams import linked, stream
from ugc_hub import delivery, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.root import main
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Usage
from workers.media.video.rungs import MASTER

__all__ = ["stream"]

PRESET = "email.hero.600.1x"
MAIL = StatedUse("email")


@dataclass
class House:
    """An asset with a finished rendition, a pack and a link, all made while everything was allowed."""

    hub: Hub
    original: bytes
    asset: str
    rendition: str
    pack: str
    token: str
    grant_off: Callable[[], None]

    def usages(self) -> int:
        with self.hub.database.read() as session:
            return session.scalar(select(func.count()).select_from(Usage)) or 0


@pytest.fixture
def house(hub: Hub, program: Callable[..., Person]) -> House:
    data = jpeg(1300, 900, 7)
    sender = program("admin")
    sent = sender.client.post("/api/v1/uploads", data=data, headers=sender.headers)
    finish(hub, [1])
    asset = cleared(hub, sent.json["asset_id"])  # type: ignore[index]
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[asset], preset_ids=[PRESET], stated=MAIL)
    (rendition,) = pack.items[0]["renditions"]
    finish(hub, [renditions.get(hub, SYSTEM, rendition).job_id or 0])
    token = delivery.make_link(hub, SYSTEM, rendition, stated=MAIL).token

    def grant_off() -> None:
        with hub.database.write() as session:
            licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")

    return House(hub, data, asset, rendition, pack.id, token, grant_off)


EXITS = {
    "api.download_original": ("GET", "/api/v1/assets/{asset}/original", 403),
    "api.download_rendition": ("GET", "/api/v1/renditions/{rendition}/file", 403),
    "api.download_pack": ("GET", "/api/v1/packs/{pack}/file", 403),
    "pages.take_original": ("POST", "/assets/{asset}/take", 403),
    "pages.take_rendition": ("POST", "/renditions/{rendition}/take", 403),
    "pages.take_pack": ("POST", "/packs/{pack}/take", 403),
    "pages.make_link": ("POST", "/renditions/{rendition}/link", 403),
    "api.make_link": ("POST", "/api/v1/renditions/{rendition}/links", 403),
    "pages.follow_link": ("GET", "/d/{token}", 410),
}
"""Routes by which bytes of assets leave, or addresses of them; with the status where it is not allowed."""
PREVIEWS = {
    "api.see_preview",
    "pages.request_picture",
    "pages.guardian_picture",
    "pages.my_picture",
    "pages.picture_by_link",
}
NUMBERS = {"job_id": 1, "number": 1, "page": 1}
INERT = {"text/html", "application/json", "application/ld+json", "application/problem+json", "text/plain", "text/csv"}


def _ask(house: House, person: Person, endpoint: str) -> Any:
    method, path, _ = EXITS[endpoint]
    options: dict[str, Any] = {"json": {"use": {"channel": "email"}}} if endpoint == "api.make_link" else {}
    if endpoint.startswith(("pages.take", "pages.make")):
        options = {"data": {"csrf": person.csrf, "use": "1", "use_channel": "email"}}
    names = {"asset": house.asset, "rendition": house.rendition, "pack": house.pack, "token": house.token}
    return person.ask(method, path.format(**names), **options)


def _leaks(house: House, body: bytes) -> bool:
    """Whether an answer holds bytes of the original or of the rendition: any 24 of their middle in a row."""
    view = renditions.get(house.hub, SYSTEM, house.rendition)
    assert view.storage_key is not None
    with house.hub.storage.open(view.storage_key) as file:
        made = file.read()
    return any(data[len(data) // 2 :][:24] in body or data[-200:-176] in body for data in (house.original, made))


def _names_its_use(house: House, body: bytes) -> bool:
    """Whether a file, or the one in a zip, names the page of the use for which it left last."""
    with house.hub.database.read() as session:
        usage = session.scalars(select(Usage).where(Usage.rendition_id.is_not(None)).order_by(Usage.id.desc())).first()
    if usage is None:
        return False
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = archive.read(archive.namelist()[0])
    named = f"/u/{usage.id}".encode() in body
    assert not named or hashlib.sha256(body).hexdigest() == usage.stamped_sha256
    return named


@pytest.mark.req("R65")
@pytest.mark.parametrize("endpoint", EXITS)
def test_an_allowed_copy_leaves_with_an_entry_and_a_denied_one_not_at_all(
    house: House, browser: Callable[[str], Person], endpoint: str
) -> None:
    person = browser("admin")
    before = house.usages()
    allowed = _ask(house, person, endpoint)
    assert allowed.status_code in {200, 201, 303}
    if allowed.status_code == 303:
        allowed = person.get(allowed.headers["Location"])
        assert allowed.status_code == 200
    if not endpoint.endswith("make_link"):
        assert _leaks(house, allowed.data)
        assert _names_its_use(house, allowed.data) is (not endpoint.endswith("original"))
    assert house.usages() == before + (endpoint != "pages.follow_link")
    house.grant_off()
    for headers in ({}, {"Range": "bytes=0-99"}, {"If-None-Match": allowed.headers.get("ETag", '"x"')}):
        method, path, status = EXITS[endpoint]
        if method == "POST":
            denied = _ask(house, person, endpoint)
        else:
            names = {"asset": house.asset, "rendition": house.rendition, "pack": house.pack, "token": house.token}
            denied = person.get(path.format(**names), headers=headers)
        assert denied.status_code == status, headers
        assert denied.headers["Cache-Control"] == "no-store" or method == "POST"
        assert not _leaks(house, denied.data)
    assert house.usages() == before + (endpoint != "pages.follow_link")


@pytest.mark.req("R65")
@pytest.mark.parametrize("name", ["", MASTER, "v0.m3u8", "v0.mp4", "whole.v0.mp4"])
def test_no_part_of_a_stream_leaves_after_the_end_of_its_use(
    hub: Hub, browser: Callable[[str], Person], stream: bytes, name: str
) -> None:
    token, asset = linked(hub, stream)
    person, path = browser("admin"), f"/d/{token}/{name}".rstrip("/")
    allowed = person.get(path)
    assert allowed.status_code == (200 if name else 302)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    for headers in ({}, {"Range": "bytes=0-99"}, {"If-None-Match": allowed.headers.get("ETag", '"x"')}):
        denied = person.get(path, headers=headers)
        assert (denied.status_code, denied.headers["Cache-Control"]) == (410, "no-store"), headers
        assert stream[len(stream) // 2 :][:24] not in denied.data


def test_a_download_goes_on_after_a_break_and_is_not_sent_again_unchanged(
    house: House, program: Callable[..., Person]
) -> None:
    person = program("admin")
    path = f"/api/v1/renditions/{house.rendition}/file?channel=email"
    whole = person.get(path)
    half = len(whole.data) // 2
    parts = [person.get(path, headers={"Range": span}) for span in (f"bytes=0-{half - 1}", f"bytes={half}-")]
    assert [part.status_code for part in parts] == [206, 206]
    assert b"".join(part.data for part in parts) == whole.data
    assert whole.content_length == len(whole.data)
    assert parts[1].headers["Content-Range"] == f"bytes {half}-{len(whole.data) - 1}/{len(whole.data)}"
    assert {part.headers["ETag"] for part in parts} == {whole.headers["ETag"]}
    assert whole.headers["ETag"] == f'"{hashlib.sha256(whole.data).hexdigest()}"'
    assert person.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    other = program("designer")
    assert other.get(path).headers["ETag"] != whole.headers["ETag"], "the copy of another person is another one"
    ahead = other.get(path, headers={"Range": "bytes=0-9", "If-Range": whole.headers["ETag"]})
    assert ahead.status_code == 200, "parts of two copies are never put together"


def test_no_other_route_hands_out_anything_but_words(
    app: APIFlask, house: House, browser: Callable[[str], Person]
) -> None:
    """Whatever route there is, as an administrator may see it, holds not one stretch of the files."""
    house.grant_off()
    person = browser("admin")
    known = {"asset_id": house.asset, "rendition_id": house.rendition, "pack_id": house.pack, "token": house.token}
    asked = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in {"static", *PREVIEWS}:
            continue
        values: dict[str, Any] = {name: known.get(name, NUMBERS.get(name, "x")) for name in rule.arguments}
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values)
        answer = person.get(path)
        asked += 1
        assert not _leaks(house, answer.data), rule.endpoint
        if rule.endpoint not in EXITS:
            assert answer.mimetype in INERT or answer.status_code in {302, 303}, rule.endpoint
    assert asked > 25


@pytest.mark.parametrize("name", ["thumb", "preview"])
@pytest.mark.parametrize("size", [(1300, 900), (5200, 3600)])
def test_what_is_shown_for_looking_is_small_and_marked_in_every_part(
    hub: Hub, program: Callable[..., Person], browser: Callable[[str], Person], name: str, size: tuple[int, int]
) -> None:
    data, sender = jpeg(*size, 7), program("admin")
    sent = sender.client.post("/api/v1/uploads", data=data, headers=sender.headers)
    finish(hub, [1])
    shown = browser("viewer").get(f"/api/v1/assets/{sent.json['asset_id']}/previews/{name}")  # type: ignore[index]
    with Image.open(io.BytesIO(shown.data)) as picture, Image.open(io.BytesIO(data)) as original:
        assert max(picture.size) <= 1280
        assert max(picture.size) < max(original.size)
        plain = original.convert("RGB").resize(picture.size, Image.Resampling.HAMMING)
        both = (np.asarray(one.convert("RGB"), dtype=np.int16) for one in (picture, plain))
        changed = np.abs(np.subtract(*both)).max(axis=2) > 25
    parts = [part for rows in np.array_split(changed, 3) for part in np.array_split(rows, 3, axis=1)]
    assert min(part.mean() for part in parts) > 0.004, "no part of it is a picture without a mark"
    assert changed.mean() > (0.04 if name == "thumb" else 0.01)


@pytest.mark.req("R65")
def test_a_legal_order_hides_previews_from_all_but_legal_and_administrators(
    house: House, browser: Callable[[str], Person]
) -> None:
    path = f"/api/v1/assets/{house.asset}/previews/thumb"
    assert browser("viewer").get(path).status_code == 200
    with house.hub.database.write() as session:
        order = {"status": "taken_down", "note": "court", "legal_order": True}
        licensing.set_status(house.hub, session, SYSTEM, asset_id=house.asset, **order)  # type: ignore[arg-type]
    for role, status in (("viewer", 451), ("content_manager", 451), ("designer", 451), ("legal", 200), ("admin", 200)):
        person = browser(role)
        assert person.get(path).status_code == status, role
        pages = (person.get("/").text, person.get(f"/assets/{house.asset}").text)
        assert all(("/previews/" in page) == (status == 200) for page in pages), role


def test_a_zip_leaves_out_what_may_not_leave_any_more_and_says_so(house: House, program: Callable[..., Person]) -> None:
    person = program("admin")
    other = person.client.post("/api/v1/uploads", data=jpeg(1300, 900, 8), headers=person.headers)
    finish(house.hub, list(range(1, 9)))
    second = cleared(house.hub, other.json["asset_id"])  # type: ignore[index]
    both = packs.make(house.hub, SYSTEM, name="x", asset_ids=[house.asset, second], preset_ids=[PRESET], stated=MAIL)
    finish(house.hub, {view.job_id for view in renditions.of_asset(house.hub, SYSTEM, second) if view.job_id})
    house.grant_off()
    body = person.get(f"/api/v1/packs/{both.id}/file").data
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        manifest = archive.read("manifest.json").decode()
    assert len(names) == 2
    assert "ASSET_ON_HOLD" in manifest
    assert not _leaks(house, body)


COMMANDS = {
    "render": ("render", "{asset}", "--preset", PRESET, "--out", "{out}"),
    "pack": ("pack", "{asset}", "--preset", PRESET, "--out", "{out}/pack.zip"),
    "link": ("link", "{rendition}", "--channel", "email"),
}
"""Commands that write files of assets, or addresses of them; `test_guard` finds any other."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_writes_what_is_allowed_and_nothing_else(
    house: House, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UGC_HUB_DATA_DIR", str(house.hub.settings.data_dir))
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", house.hub.settings.database_url)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    out = tmp_path / "out"
    words = [word.format(asset=house.asset, rendition=house.rendition, out=out) for word in COMMANDS[name]]
    before = house.usages()
    allowed = CliRunner().invoke(main, words)
    assert allowed.exit_code == 0, allowed.output
    assert house.usages() == before + 1
    written = [path for path in out.rglob("*") if path.is_file()]
    assert (name == "link") != bool(written)
    assert all(_names_its_use(house, path.read_bytes()) for path in written)
    for path in written:
        path.unlink()
    house.grant_off()
    denied = CliRunner().invoke(main, words)
    assert denied.exit_code == 1
    assert [path for path in out.rglob("*") if path.is_file()] == []
    assert "/d/" not in denied.output
    assert house.usages() == before + 1
