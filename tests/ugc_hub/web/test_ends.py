"""By a clock of the test: until the end of a permission each way out gives the file, from that instant on no byte."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import Clock, with_clock
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import accounts, delivery, ingest, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse, TransferEnded
from ugc_hub.licensing.giving import renew
from ugc_hub.web import files
from ugc_hub.web.context import EXTENSION, cookie_name

PRESET = "email.hero.600.1x"
MAIL = StatedUse("email")
LINK = "/d/{token}"
PATHS = {
    "original": ("GET", "/api/v1/assets/{asset}/original?channel=email", 403),
    "rendition": ("GET", "/api/v1/renditions/{rendition}/file?channel=email", 403),
    "pack": ("GET", "/api/v1/packs/{pack}/file", 403),
    "original by page": ("POST", "/assets/{asset}/take", 403),
    "rendition by page": ("POST", "/renditions/{rendition}/take", 403),
    "pack by page": ("POST", "/packs/{pack}/take", 403),
    "link": ("GET", LINK, 410),
}
ASKED: tuple[dict[str, str], ...] = ({}, {"Range": "bytes=0-99"}, {"Range": "bytes=-1"}, {"If-Modified-Since": "now"})


@dataclass
class Ending:
    """A hub whose only permission ends at `end`, with everything made while it held."""

    hub: Hub
    clock: Clock
    person: Person
    names: dict[str, str]
    files: tuple[bytes, bytes]
    grant: str

    def ask(self, how: str, **options: Any) -> Any:
        method, path, _ = PATHS[how]
        if method == "POST":
            options["data"] = {"csrf": self.person.csrf, "use": "1", "use_channel": "email"}
        return self.person.ask(options.pop("method", method), path.format(**self.names), **options)

    def holds(self, body: bytes) -> bool:
        """Whether bytes from the middle of the original or of the rendition are in an answer."""
        return any(file[len(file) // 2 :][:24] in body for file in self.files)


@pytest.fixture
def ending(hub: Hub, app: APIFlask) -> Ending:
    hub, clock = with_clock(hub)
    app.extensions[EXTENSION] = hub
    data = jpeg(1300, 900, 7)
    asset = ingest.accept(hub, SYSTEM, io.BytesIO(data), ingest.Upload(file_name="a.jpg", door="api")).asset_id
    finish(hub, [1])
    end = clock.at + timedelta(days=1)
    grant = clear(hub, asset, perpetual=False, ends_at=end.isoformat())
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[asset], preset_ids=[PRESET], stated=MAIL)
    (rendition,) = pack.items[0]["renditions"]
    finish(hub, [renditions.get(hub, SYSTEM, rendition).job_id or 0])
    token = delivery.make_link(hub, SYSTEM, rendition, stated=MAIL).token
    with hub.storage.open(renditions.get(hub, SYSTEM, rendition).storage_key or "") as file:
        made = file.read()
    clock.at = end - timedelta(microseconds=1)
    link = accounts.request_link(hub, user_of(hub, "admin").email)
    cookie = accounts.sign_in_with_link(hub, (link or "").rsplit("/", 1)[1]).cookie
    state = accounts.session(hub, cookie)
    assert state is not None
    client = app.test_client()
    client.set_cookie(cookie_name(hub), cookie)
    person = Person(client, state.csrf, {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": state.csrf})
    names = {"asset": asset, "rendition": rendition, "pack": pack.id, "token": token}
    return Ending(hub, clock, person, names, (data, made), grant)


def taken(ending: Ending, how: str) -> Any:
    """What is handed out now, behind the page where there is one."""
    answer = ending.ask(how)
    return ending.person.get(answer.headers["Location"]) if answer.status_code == 303 else answer


@pytest.mark.req("R65")
@pytest.mark.parametrize("how", PATHS)
def test_no_byte_leaves_from_the_instant_on_at_which_the_permission_ends(ending: Ending, how: str) -> None:
    before = taken(ending, how)
    assert (before.status_code, ending.holds(before.data)) == (200, True)
    ending.clock.go_on(microseconds=1)
    known = {"If-None-Match": before.headers.get("ETag", '"x"')}
    for headers in (*ASKED, known, {**known, "Range": "bytes=0-"}):
        answer = taken(ending, how) if how.endswith("page") else ending.ask(how, headers=headers)
        assert answer.status_code == PATHS[how][2], headers
        assert not ending.holds(answer.data)
        assert answer.mimetype in ("application/problem+json", "text/html")
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == ("private, no-cache" if how.endswith("page") else "no-store")
    head = ending.person.ask("HEAD", PATHS[how][1].format(**ending.names))
    assert (head.status_code, head.data) in ((PATHS[how][2], b""), (405, b""))


@pytest.mark.req("R65")
@pytest.mark.parametrize(("order", "status"), [(False, 410), (True, 451)])
def test_a_link_from_before_says_at_the_first_request_that_it_is_over_and_why(
    ending: Ending, order: bool, status: int
) -> None:
    first = ending.ask("link")
    assert first.headers["Cache-Control"] == "no-store", "the permission ends within the second"
    with ending.hub.database.write() as session:
        closed = {"asset_id": ending.names["asset"], "status": "taken_down", "note": "x", "legal_order": order}
        licensing.set_status(ending.hub, session, SYSTEM, **closed)  # type: ignore[arg-type]
    for headers in (*ASKED, {"If-None-Match": first.headers["ETag"]}):
        answer = ending.ask("link", headers=headers)
        assert (answer.status_code, ending.holds(answer.data)) == (status, False), headers
        assert answer.headers["Cache-Control"] == "no-store"
    head = ending.ask("link", method="HEAD")
    assert (head.status_code, head.data) == (status, b"")


@pytest.mark.req("R65")
@pytest.mark.parametrize("how", ["original", "rendition", "link"])
@pytest.mark.parametrize(("channels", "goes_on"), [(["email"], True), (["website"], False)])
def test_a_grant_that_is_narrowed_cuts_what_it_covers_no_longer_and_nothing_else(
    ending: Ending, monkeypatch: pytest.MonkeyPatch, how: str, channels: list[str], goes_on: bool
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 1000)
    ending.clock.go_on(hours=-1)
    answer = ending.person.client.get(PATHS[how][1].format(**ending.names), headers=ending.person.headers)
    pieces = answer.iter_encoded()
    came = [next(pieces)]
    renew(ending.hub, SYSTEM, grant_id=ending.grant, change={"channels": channels})
    ending.clock.go_on(seconds=10)
    if goes_on:
        assert b"".join([*came, *pieces]).endswith(b"\xff\xd9")
        assert ending.ask(how).status_code == 200
    else:
        with pytest.raises(TransferEnded):
            next(pieces)
        assert ending.ask(how).status_code == PATHS[how][2]
    answer.close()
