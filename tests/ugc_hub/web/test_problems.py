"""Errors: one shape, nothing of the inside, the cause in the log."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy.exc import OperationalError

from storage.errors import NotFound as BytesMissing
from storage.errors import OutOfSpace as StorageFull
from storage.errors import Unavailable as StorageDown
from tests.ugc_hub.web.conftest import Person
from ugc_hub.errors import HubError, Refused, TooManyRequests
from ugc_hub.hub import Hub
from ugc_hub.web.logs import JsonLines
from ugc_hub.web.problems import problem_of
from workers.media.errors import ChildFailed, Damaged, Unsupported

MEMBERS = {"type", "title", "status", "detail", "code", "retry", "request_id"}
SECRETS = ("/srv/secret", "SELECT", "Traceback", "hunter2", ".py")
SQL = OperationalError("SELECT password FROM users", {"p": "hunter2"}, RuntimeError("/srv/secret.sqlite is locked"))
LAYERS: dict[str, tuple[BaseException, int, str]] = {
    "database": (SQL, 503, "unavailable"),
    "storage is full": (StorageFull("/srv/secret/objects is full"), 507, "out_of_space"),
    "storage is down": (StorageDown("/srv/secret is not mounted"), 503, "unavailable"),
    "bytes are missing": (BytesMissing("/srv/secret/a"), 404, "not_found"),
    "disk": (OSError(errno.ENOSPC, "No space left", "/srv/secret"), 507, "out_of_space"),
    "file": (PermissionError(errno.EACCES, "denied", "/srv/secret"), 500, "internal"),
    "code": (RuntimeError("SELECT hunter2 in /srv/secret.py"), 500, "internal"),
    "engine": (ChildFailed("The file could not be looked at.", detail="/srv/secret"), 503, "child_failed"),
    "media": (Damaged("The file is damaged.", detail="/srv/secret"), 422, "damaged"),
    "type": (Unsupported("Not a photo.", detail="/srv/secret"), 415, "unsupported_type"),
    "refusal": (Refused("It has no picture."), 422, "refused"),
    "throttle": (TooManyRequests("Wait."), 429, "too_many_requests"),
}


@pytest.fixture
def failing(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """A function that makes two routes, of the API and of the pages, raise an error."""

    def fail(error: BaseException) -> None:
        def broken(**_: Any) -> None:
            raise error

        for endpoint in ("api.see_me", "pages.presets"):
            monkeypatch.setitem(app.view_functions, endpoint, broken)

    return fail


@pytest.mark.req("R86")
@pytest.mark.parametrize("layer", LAYERS)
def test_whatever_fails_has_one_shape_and_says_nothing_of_the_inside(
    browser: Callable[[str], Person],
    failing: Callable[[BaseException], None],
    caplog: pytest.LogCaptureFixture,
    layer: str,
) -> None:
    error, status, code = LAYERS[layer]
    failing(error)
    person = browser("admin")
    with caplog.at_level(logging.INFO, "ugc_hub.web"):
        answer = person.get("/api/v1/me")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = json.loads(answer.data)
    assert set(problem) >= MEMBERS
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    page = person.get("/presets")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    for text in (answer.get_data(as_text=True), page.get_data(as_text=True)):
        assert not [secret for secret in SECRETS if secret in text]
    fragment = person.get("/presets", headers={"HX-Request": "true"})
    assert "<html" not in fragment.get_data(as_text=True)
    if status >= 500:
        traces = [record for record in caplog.records if record.exc_info and record.exc_info[1] is error]
        assert traces, "the cause belongs into the log"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/me", 405), ("GET", "/nothing", 404), ("PUT", "/jobs", 405)],
)
def test_unknown_addresses_and_methods_have_the_same_shape(
    browser: Callable[[str], Person], method: str, path: str, status: int
) -> None:
    answer = browser("admin").ask(method, path)
    assert answer.status_code == status
    if path.startswith("/api/"):
        assert set(json.loads(answer.data)) >= MEMBERS
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_wrong_values_are_named(program: Callable[..., Person]) -> None:
    designer = program("designer")
    answer = designer.post("/api/v1/packs", json={"name": "", "asset_ids": [], "preset_ids": ["a"], "surprise": 1})
    assert answer.status_code == 422
    problem = json.loads(answer.data)
    assert {error["field"] for error in problem["errors"]} == {"name", "asset_ids", "surprise"}
    query = designer.get("/api/v1/assets?limit=9999")
    assert [error["field"] for error in json.loads(query.data)["errors"]] == ["limit"]


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"[1]", b"null", b""])
def test_a_body_that_is_no_json_object_is_refused_in_the_same_shape(
    program: Callable[..., Person], data: bytes
) -> None:
    answer = program("designer").post("/api/v1/packs", data=data, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert set(json.loads(answer.data)) >= MEMBERS


@pytest.mark.req("R79")
def test_a_body_that_is_too_large_is_refused_at_once(program: Callable[..., Person]) -> None:
    answer = program("designer").post("/api/v1/packs", data=b"x" * 1_100_000, content_type="application/json")
    assert answer.status_code == 413
    assert json.loads(answer.data)["code"] == "too_large"


def test_further_members_cannot_replace_the_fixed_ones(app: APIFlask) -> None:
    error = HubError("words", extra={"status": 200, "detail": "other", "field": "x"})
    with app.test_request_context():
        document = problem_of(error).document()
    assert (document["status"], document["detail"], document["field"]) == (500, "words", "x")


@pytest.mark.req("R88")
def test_the_log_is_one_line_of_json_without_secrets(
    hub: Hub, app: APIFlask, browser: Callable[[str], Person], capfd: pytest.CaptureFixture[str]
) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("ugc_hub.web")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        person = browser("admin")
        person.get("/sign-in/very-secret-token")
        person.get('/nothing%0a{"level":"forged"}?text=private')
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) >= 2
    entries = [json.loads(line) for line in lines]
    assert all(entry["request_id"] for entry in entries)
    text = "".join(lines)
    assert "very-secret-token" not in text
    assert "private" not in text


def test_a_name_that_is_not_the_hubs_is_told_in_words_on_pages_too(app: APIFlask) -> None:
    for path in ("/", "/healthz", "/sign-in", "/assets/x", "/static/css/base.css"):
        answer = app.test_client().get(path, base_url="http://evil.example")
        assert (answer.status_code, answer.mimetype) == (400, "text/plain"), path
        assert "does not answer to this name" in answer.get_data(as_text=True)
        assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.req("R86")
def test_a_page_says_so_where_not_even_the_session_can_be_looked_up(
    hub: Hub, browser: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = browser("viewer")

    def broken() -> None:
        raise SQL

    monkeypatch.setattr(hub.database, "read", broken)
    for path, headers in (("/", {}), ("/library/tiles", {"HX-Request": "true"}), ("/api/v1/me", {})):
        answer = person.get(path, headers=headers)
        assert answer.status_code == 503, path
        assert "The database does not answer at the moment" in answer.get_data(as_text=True)
        assert "secret" not in answer.get_data(as_text=True)
