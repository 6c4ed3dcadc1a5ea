"""Versions of videos by API: asked for as those of photos are, and no way out hands one out against the answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.test_exits import EXITS, House, _ask, _leaks
from tests.workers.media.clips import little
from ugc_hub import delivery, ingest, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse

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
