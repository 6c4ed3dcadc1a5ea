"""Versions of videos by API: asked for as those of photos are, and no way out hands one out against the answer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.test_exits import EXITS, House, _ask, _leaks
from tests.workers.media.clips import little
from ugc_hub import delivery, ingest, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Rendition
from ugc_hub.web.api.filming import FilmShape

PRESET = "email.apple_mail.video"
MAIL = StatedUse("email")
OF_RENDITIONS = [name for name in EXITS if not name.endswith("original")]


@pytest.fixture
def video(hub: Hub, tmp_path: Path) -> str:
    """A measured video that may be used by e-mail, as it is."""
    upload = ingest.Upload(file_name="clip.mp4", door="api")
    sent = ingest.accept(hub, SYSTEM, io.BytesIO(little(tmp_path)), upload)
    assert sent.job_id is not None
    finish(hub, [sent.job_id])
    return cleared(hub, sent.asset_id)


def test_a_window_is_set_to_as_many_places_by_api_as_on_the_page() -> None:
    aim = {"at_s": 0, "x": 0.5, "y": 0.5}
    assert len(FilmShape.model_validate({"path": [aim] * 100}).record().path) == 100
    with pytest.raises(ValidationError, match="at most 100 items"):
        FilmShape.model_validate({"path": [aim] * 101})


def test_a_pack_tells_that_it_waits_for_a_video(
    hub: Hub, video: str, program: Callable[..., Person], browser: Callable[[str], Person]
) -> None:
    wish = {"name": "Mail", "asset_ids": [video], "preset_ids": [PRESET], "use": {"channel": "email"}}
    made = program("designer").ask("POST", "/api/v1/packs", json=wish)
    assert made.status_code == 202
    assert made.json is not None
    (item,) = made.json["items"]
    assert (made.json["status"], made.json["left_s"], item["outcome"], item["progress"]) == (
        "working",
        None,
        "waiting",
        0,
    )
    page = browser("designer").get(f"/packs/{made.json['id']}").text
    assert "0 of 1 file made" in page
    assert "Video first" in page
    assert "The video is being prepared for its versions." in page


def test_a_video_is_asked_for_by_api_as_soon_as_its_clip_is_there(
    hub: Hub, video: str, program: Callable[..., Person]
) -> None:
    person = program("designer")
    order = {
        "preset_ids": [PRESET],
        "use": {"channel": "email"},
        "film": {"seconds": 0.5, "start_s": 0.0, "mute": True},
    }
    path = f"/api/v1/assets/{video}/renditions"
    early = person.ask("POST", path, json=order)
    assert early.status_code == 409
    assert early.json is not None
    assert (early.json["code"], early.json["retry"]) == ("clip_not_ready", True)
    finish(hub, [early.json["job_id"]])
    planned = person.ask("POST", f"/api/v1/assets/{video}/plans", json={k: order[k] for k in ("preset_ids", "film")})
    (framed,) = planned.json["items"]  # type: ignore[index]
    assert (framed["start_s"], framed["seconds"], framed["safe"]["width"]) == (0.0, 0.5, 160)
    spoken = {"preset_ids": [PRESET], "film": {"captions": True, "language": "fr"}}
    (unsaid,) = person.ask("POST", f"/api/v1/assets/{video}/plans", json=spoken).json["items"]  # type: ignore[index]
    assert unsaid["reasons"][0]["sentence"].startswith("There are no captions in fr.")
    made = person.ask("POST", path, json=order)
    (outcome,) = made.json["items"]  # type: ignore[index]
    assert outcome["outcome"] == "ready", outcome
    (name,) = outcome["renditions"]
    finish(hub, [renditions.get(hub, SYSTEM, name).job_id or 0])
    shown = person.get(f"/api/v1/renditions/{name}").json
    assert shown is not None
    assert (shown["status"], shown["media_type"], shown["measured"]["frames"]) == ("ready", "video/mp4", 15)
    wrong = person.ask("POST", path, json={**order, "films": {"web.file.h264.720p": {}}})
    assert (wrong.status_code, wrong.json["code"]) == (422, "invalid")  # type: ignore[index]


def test_a_large_video_leaves_without_being_read_into_memory_and_with_the_same_bytes(
    hub: Hub, video: str, program: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(hub, [renditions.clip_of(hub, SYSTEM, video).job_id or 0])
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[video], preset_ids=[PRESET], stated=MAIL)
    (name,) = pack.items[0]["renditions"]
    finish(hub, [renditions.get(hub, SYSTEM, name).job_id or 0])
    person, path = program("admin"), f"/api/v1/renditions/{name}/file?channel=email"
    whole = person.get(path).data
    monkeypatch.setattr("ugc_hub.licensing.stamping.LARGE_BYTES", 1000)
    monkeypatch.setattr("workers.media.imprint.fitted", None)  # what takes all of a file
    assert person.get(path).data == whole
    seam = whole.rindex(b"uuid") - 4
    for start, end in ((0, 99), (seam - 50, seam + 50), (seam, len(whole) - 1), (seam + 9, seam + 20)):
        part = person.get(path, headers={"Range": f"bytes={start}-{end}"})
        assert (part.status_code, part.data) == (206, whole[start : end + 1])
    with zipfile.ZipFile(io.BytesIO(person.get(f"/api/v1/packs/{pack.id}/file").data)) as archive:
        assert archive.read(archive.namelist()[0])[:seam] == whole[:seam], "the use of the pack is another one"
    token = delivery.make_link(hub, SYSTEM, name, stated=MAIL).token
    followed = person.get(f"/d/{token}")
    assert followed.data[:seam] == whole[:seam]
    assert followed.data == person.get(f"/d/{token}").data
    with hub.database.write() as session:
        row = session.get_one(Rendition, name)
        assert row.storage_key is not None
        hub.storage.delete(row.storage_key)
        hub.storage.put(row.storage_key, whole[:-5])
    assert person.get(path).status_code == 409


@pytest.mark.req("R65")
def test_no_way_out_hands_out_a_video_against_the_answer(
    hub: Hub, video: str, browser: Callable[[str], Person]
) -> None:
    finish(hub, [renditions.clip_of(hub, SYSTEM, video).job_id or 0])
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[video], preset_ids=[PRESET], stated=MAIL)
    (name,) = pack.items[0]["renditions"]
    finish(hub, [renditions.get(hub, SYSTEM, name).job_id or 0])
    token = delivery.make_link(hub, SYSTEM, name, stated=MAIL).token

    def grant_off() -> None:
        with hub.database.write() as session:
            licensing.set_status(hub, session, SYSTEM, asset_id=video, status="hold")

    house, person = House(hub, bytes(400), video, name, pack.id, token, grant_off), browser("admin")
    for endpoint in OF_RENDITIONS:
        allowed = _ask(house, person, endpoint)
        assert allowed.status_code in {200, 201, 303}, endpoint
        if allowed.status_code == 303:
            allowed = person.get(allowed.headers["Location"])
        if not endpoint.endswith("make_link"):
            assert _leaks(house, allowed.data), endpoint
            assert f"{hub.settings.address}/u/use_".encode() in allowed.data, endpoint
    before = house.usages()
    grant_off()
    for endpoint in OF_RENDITIONS:
        denied = _ask(house, person, endpoint)
        assert denied.status_code == EXITS[endpoint][2], endpoint
        assert not _leaks(house, denied.data), endpoint
    assert house.usages() == before
