"""Uploads over HTTP: streamed, counted, never accepted in part."""

from __future__ import annotations

import errno
import io
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from storage.errors import OutOfSpace
from storage.staging import Staged
from tests.pictures import encoded, jpeg, picture
from tests.postgres import database_of
from tests.serving import Served, served
from tests.ugc_hub.web.conftest import Person
from ugc_hub import accounts
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.models import Asset
from ugc_hub.web.api.uploads import Body

HALF_S = 30


def stored(hub: Hub) -> tuple[int, list[str]]:
    """Return how many assets there are, and the keys of all originals."""
    with hub.database.read() as session:
        rows = session.scalar(select(func.count()).select_from(Asset)) or 0
    return rows, [stat.key for stat in hub.storage.list("originals/")]


def leftovers(hub: Hub) -> list[Path]:
    """Return the temporary files in the folder of the objects."""
    folder = hub.settings.data_dir / "objects"
    return [path for path in folder.rglob("*") if path.is_file() and "tmp" in str(path.relative_to(folder))]


def test_an_upload_is_safe_once_it_is_answered(hub: Hub, program: Callable[..., Person]) -> None:
    sender = program("content_manager")
    data = jpeg()
    answer = sender.post("/api/v1/uploads?filename=a.jpg&creator=%40Ann&campaign=Spring", data=data)
    assert answer.status_code == 201
    body = json.loads(answer.data)
    assert (body["status"], body["duplicate"], body["file_name"]) == ("received", False, "a.jpg")
    assert stored(hub)[0] == 1
    again = sender.post("/api/v1/uploads?filename=other.jpg", data=data)
    assert again.status_code == 200
    assert json.loads(again.data) | {"message": ""} == {
        **body,
        "duplicate": True,
        "file_name": "other.jpg",
        "message": "",
    }
    finish(hub, [1])
    state = json.loads(sender.get(f"/api/v1/uploads/{body['asset_id']}").data)
    assert (state["status"], state["file_name"]) == ("ready", "a.jpg")


def test_the_same_picture_with_other_metadata_is_reported(hub: Hub, program: Callable[..., Person]) -> None:
    sender = program("designer")
    data = jpeg(400, 300, 7)
    comment = b"\xff\xfe\x00\x0ahello yo"
    ids = [
        json.loads(sender.post("/api/v1/uploads", data=d).data)["asset_id"]
        for d in (data, data[:2] + comment + data[2:])
    ]
    finish(hub, [1, 2])
    state = json.loads(sender.get(f"/api/v1/uploads/{ids[1]}").data)
    assert state["code"] == "same_pixels"
    assert [link["asset_id"] for link in state["links"]] == [ids[0]]


@pytest.mark.req("R45")
def test_a_type_that_is_not_taken_is_refused_at_once(hub: Hub, program: Callable[..., Person]) -> None:
    answer = program("admin").post("/api/v1/uploads?filename=photo.jpg", data=b"<!doctype html><title>x</title>" * 9)
    assert answer.status_code == 415
    assert json.loads(answer.data)["code"].startswith("unsupported")
    assert stored(hub) == (0, [])


def test_a_refused_file_says_why_and_leaves_nothing(hub: Hub, program: Callable[..., Person]) -> None:
    sender = program("admin")
    answer = sender.post("/api/v1/uploads?filename=cut.jpg", data=jpeg(900, 700)[:3000])
    assert answer.status_code == 201
    asset_id = json.loads(answer.data)["asset_id"]
    finish(hub, [1])
    state = json.loads(sender.get(f"/api/v1/uploads/{asset_id}").data)
    assert state["status"] == "refused"
    assert state["code"]
    assert len(state["message"]) > 20
    assert stored(hub) == (0, [])
    gone = sender.get(f"/api/v1/assets/{asset_id}")
    assert gone.status_code == 410
    assert json.loads(gone.data)["code"] == state["code"]


def test_a_file_that_was_refused_is_refused_at_once_when_it_comes_again(
    hub: Hub, program: Callable[..., Person], send: Callable[..., str]
) -> None:
    cut = jpeg()[:8000]
    first = send(cut)
    answer = program("admin").post("/api/v1/uploads", data=cut)
    state = json.loads(answer.data)
    assert (answer.status_code, state["status"], state["asset_id"]) == (200, "refused", first)
    assert (state["code"], state["duplicate"]) == ("truncated", True)
    assert stored(hub) == (0, [])


def test_what_is_declared_own_and_names_somebody_else_is_told_with_the_upload(
    program: Callable[..., Person], send: Callable[..., str]
) -> None:
    exif = Image.Exif()
    exif[0x013B] = "Jane Doe"
    data = encoded(picture(), "JPEG", exif=exif)
    asset_id = send(data, own=True)
    sender = program("admin")
    assert "Jane Doe" in json.loads(sender.get(f"/api/v1/uploads/{asset_id}").data)["warning"]
    assert "Jane Doe" in json.loads(sender.post("/api/v1/uploads?own=true", data=data).data)["warning"]


def test_a_length_must_be_announced(hub: Hub, program: Callable[..., Person]) -> None:
    sender = program("admin")
    stream = io.BytesIO(jpeg())
    answer = sender.post("/api/v1/uploads", input_stream=stream, headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
    assert json.loads(answer.data)["code"] == "length_required"
    assert stored(hub) == (0, [])


def test_fewer_bytes_than_announced_are_refused(hub: Hub, program: Callable[..., Person]) -> None:
    data = jpeg()
    answer = program("admin").post(
        "/api/v1/uploads", input_stream=io.BytesIO(data[:-9]), environ_overrides={"CONTENT_LENGTH": str(len(data))}
    )
    assert answer.status_code == 400
    assert json.loads(answer.data)["code"] == "upload_truncated"
    assert stored(hub) == (0, [])
    assert leftovers(hub) == []


def test_a_wrong_creator_or_campaign_is_named(hub: Hub, program: Callable[..., Person]) -> None:
    for query, field in (("creator=a%20b", "creator"), ("campaign=%00", "campaign")):
        answer = program("admin").post(f"/api/v1/uploads?{query}", data=jpeg())
        assert answer.status_code == 422
        assert json.loads(answer.data)["field"] == field
    assert stored(hub) == (0, [])


@pytest.mark.req("R9")
@pytest.mark.parametrize("error", [OutOfSpace("full"), OSError(errno.ENOSPC, "No space left on device")])
def test_a_full_disk_answers_507_keeps_nothing_and_recovers(
    hub: Hub, program: Callable[..., Person], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sender = program("admin")

    def full(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Staged, "write", full)
        answer = sender.post("/api/v1/uploads", data=jpeg())
    assert answer.status_code == 507
    assert json.loads(answer.data)["code"] == "out_of_space"
    assert stored(hub) == (0, [])
    assert leftovers(hub) == []
    assert sender.post("/api/v1/uploads", data=jpeg()).status_code == 201


class Breaking(io.RawIOBase):
    """A connection that breaks after ten bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 10

    def read(self, size: int = -1, /) -> bytes:
        """Return a few bytes, then fail."""
        if not self.left:
            raise ConnectionResetError("gone")
        self.left -= 5
        return b"x" * 5


def test_a_broken_connection_ends_the_body_early_and_is_not_read_past_its_end() -> None:
    body = Body(Breaking(), 100)  # type: ignore[arg-type]
    assert body.read(50) + body.read(50) + body.read(50) == b"x" * 10
    bounded = Body(io.BytesIO(b"abcdefgh"), 5)
    assert bounded.read(3) + bounded.read(3) + bounded.read(3) == b"abcde"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server, as people run it, on either database."""
    with database_of(request.param) as url, served(tmp_path_factory.mktemp("server"), database_url=url) as running:
        yield running


@pytest.mark.req("R8")
@pytest.mark.parametrize(("seed", "goodbye"), list(enumerate(["close", "half-close", "reset"])))
def test_half_an_upload_over_a_real_connection_leaves_nothing(server: Served, seed: int, goodbye: str) -> None:
    admin = accounts.first_administrator(server.hub)[0]
    _, token = accounts.create_token(server.hub, admin, "r8")
    data = jpeg(1200, 900, seed=70 + seed)
    before = stored(server.hub)
    host, port = server.address.removeprefix("http://").split(":")
    head = (
        f"POST /api/v1/uploads?filename=half.jpg HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    )
    answer = b""
    with socket.create_connection((host, int(port)), timeout=HALF_S) as connection:
        connection.sendall(head.encode() + data[: len(data) // 2])
        if goodbye == "half-close":
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        elif goodbye == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert b" 201 " not in answer
    assert b" 200 " not in answer
    # The same file in whole: when it is answered, the half one has been dealt with.
    with socket.create_connection((host, int(port)), timeout=HALF_S) as connection:
        connection.sendall(head.encode() + data)
        whole = b""
        while piece := connection.recv(65536):
            whole += piece
    assert whole.startswith(b"HTTP/1.1 201 ")
    assert stored(server.hub)[0] == before[0] + 1
    assert len(stored(server.hub)[1]) == len(before[1]) + 1
