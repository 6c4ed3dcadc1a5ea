"""Secrets in addresses: no log and no other site learns them, whatever somebody appends or garbles."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.hub import Hub
from ugc_hub.web.hidden import SECRET_AFTER, holds_secret, masked
from ugc_hub.web.logs import JsonLines

TOKEN = "zQ7-secretsecret_secret.9x"
ODD = (
    "/{at}/{token}",
    "/{at}/{token}/",
    "/{at}/{token}/more/{token}",
    "//{at}/{token}",
    "/{at}//{token}//",
    "/{upper}/{token}",
    "/{at}/{token}%2f",
    "/{at}%2f{token}",
    "/%2e/{at}/{token}",
    "/{at}/{token};v=1",
    "/{at}/{token}?next=/{at}/{token}",
    "/{at}/{token}%0a",
    "/{at}/ {token}",
    "/{at}\\{token}",
    "/mail/{at}/{token}.",
    "/{at}{token}",
    "/{token}",
    "/api/v1/{at}/{token}",
)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What the hub's own loggers wrote, as lines of JSON."""
    written: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(JsonLines().format(record))

    keep = Keep(logging.DEBUG)
    logger = logging.getLogger()
    logger.addHandler(keep)
    with caplog.at_level(logging.DEBUG):
        yield written
    logger.removeHandler(keep)


def test_the_list_of_secret_addresses_is_that_of_the_routes(app: APIFlask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert {rule.split("/")[1] for rule in rules} == set(SECRET_AFTER)
    assert all(rule.split("/")[2] == "<token>" for rule in rules)


@pytest.mark.req("R88")
@pytest.mark.parametrize("at", SECRET_AFTER)
def test_no_odd_path_brings_a_secret_into_the_log(app: APIFlask, lines: list[str], at: str) -> None:
    client = app.test_client()
    for path in ODD:
        for method in ("GET", "POST", "DELETE"):
            lines.clear()
            client.open(path.format(at=at, upper=at.upper(), token=TOKEN), method=method)
            assert any("answered" in line for line in lines), path
            assert all("secretsecret" not in line for line in lines), (path, method)


def test_the_log_still_says_which_address_nobody_has(app: APIFlask, lines: list[str]) -> None:
    app.test_client().get("/no/such/page")
    assert "/no/such/page" in [json.loads(line).get("path") for line in lines]


def test_pages_and_errors_at_secret_addresses_tell_no_other_site_more_than_the_host(app: APIFlask, hub: Hub) -> None:
    client = app.test_client()
    for at in SECRET_AFTER:
        for path in (f"/{at}/{TOKEN}", f"/{at}/{TOKEN}/x"):
            assert client.get(path).headers["Referrer-Policy"] == "strict-origin", path


@given(st.text(max_size=60), st.sampled_from(SECRET_AFTER), st.sampled_from(("", "/", "/x", "//", "%2F")))
def test_whatever_follows_a_secret_address_is_left_out(before: str, at: str, after: str) -> None:
    path = f"{before}/{at}/{TOKEN}{after}"
    assert TOKEN not in masked(path)
    assert holds_secret(f"/{at}/{TOKEN}{after}")
