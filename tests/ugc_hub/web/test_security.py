"""Headers, hosts, cookies, and the proof that a change was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import accounts
from ugc_hub.hub import Hub
from ugc_hub.web import security
from ugc_hub.web.app import create_app
from ugc_hub.web.context import cookie_name
from ugc_hub.web.pages.blueprint import blueprint, safe_next

PAGES = ("/", "/upload", "/packs", "/presets", "/jobs", "/account", "/sign-in", "/nowhere", "/healthz", "/api/v1/me")
CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Referer": "https://evil.example/"},
    {"Referer": "null"},
    {},
]


@pytest.mark.req("R83")
def test_every_answer_carries_the_security_headers(browser: Callable[[str], Person]) -> None:
    admin = browser("admin")
    for path in PAGES:
        headers = admin.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert len(headers["X-Request-ID"]) == 32


def test_pages_hold_no_inline_script_or_style(browser: Callable[[str], Person]) -> None:
    admin = browser("admin")
    for path in PAGES[:8]:
        html = admin.get(path).get_data(as_text=True)
        assert " style=" not in html
        assert "<style" not in html
        assert all("src=" in part.split(">")[0] for part in html.split("<script")[1:])


@pytest.mark.req("R70")
@pytest.mark.parametrize("headers", CROSS)
def test_a_change_that_another_site_may_have_caused_is_refused(
    app: APIFlask, browser: Callable[[str], Person], headers: dict[str, str]
) -> None:
    person = browser("admin")
    token = {"X-CSRF-Token": person.csrf}
    for path in ("/sign-out", "/packs", "/api/v1/packs", "/api/v1/uploads?filename=a.jpg", "/sign-in", "/sign-in/mail"):
        answer = person.client.post(path, headers={**headers, **token})
        assert answer.status_code == 403, path
    assert person.get("/").status_code == 200


@pytest.mark.req("R70")
@pytest.mark.parametrize("csrf", ["", "wrong"])
def test_a_change_without_the_token_of_the_session_is_refused(browser: Callable[[str], Person], csrf: str) -> None:
    person = browser("admin")
    headers = {"Sec-Fetch-Site": "same-origin"} | ({"X-CSRF-Token": csrf} if csrf else {})
    assert person.client.post("/api/v1/packs", json={}, headers=headers).status_code == 403
    assert person.client.post("/sign-out", data={"csrf": csrf}, headers=headers).status_code == 403


def test_a_form_carries_the_token_in_a_field(browser: Callable[[str], Person]) -> None:
    person = browser("admin")
    answer = person.client.post(
        "/sign-out", data={"csrf": person.csrf}, headers={"Origin": "http://localhost"}, base_url="http://localhost"
    )
    assert answer.status_code == 303
    assert person.get("/").status_code == 302


def test_a_program_needs_no_proof_of_origin(program: Callable[..., Person]) -> None:
    assert program("admin").post("/api/v1/packs", json={}).status_code == 422


def test_a_token_opens_no_pages_and_replaces_the_cookie(
    browser: Callable[[str], Person], program: Callable[..., Person]
) -> None:
    person = browser("admin")
    viewer = program("viewer").headers
    assert person.client.get("/api/v1/me", headers=viewer).get_json() == program("viewer").get("/api/v1/me").get_json()
    assert program("admin").get("/").status_code == 302
    assert person.client.get("/", headers={"Authorization": "Basic eDp5"}).status_code == 200
    bad = person.client.get("/api/v1/me", headers={"Authorization": "Bearer ugc_wrong"})
    assert bad.status_code == 401


@pytest.mark.req("R89")
def test_only_known_hosts_are_answered(app: APIFlask) -> None:
    client = app.test_client()
    assert client.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200
    answer = client.get("/api/v1/me", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
    assert client.get("/nowhere", base_url="http://evil.example").status_code == 400


@pytest.mark.req("R89")
@pytest.mark.parametrize("host", ["::1", "2001:db8::5"])
def test_an_address_of_ipv6_is_answered_where_the_hub_listens_on_it(tmp_path: Path, host: str) -> None:
    hub = make_hub(tmp_path, host=host)
    client = create_app(hub).test_client()
    for named in ("[::1]", f"[{host}]:8000"):
        assert client.get("/healthz", headers={"Host": named}).status_code == 200
    for named in ("[::2]", "[::1", "::1", "[]", "[", "", ":8000"):
        assert client.get("/healthz", headers={"Host": named}).status_code == 400
    hub.close()


@pytest.mark.req("R89")
@pytest.mark.parametrize(
    ("host", "trusted"),
    [
        ("hub.example", True),
        ("HUB.example:8000", True),
        ("a.hub.example", False),
        ("team.example", True),
        ("a.b.team.example:1", True),
        ("ateam.example", False),
        ("xn--mller-kva.example", True),
        ("[2001:db8::5]:80", True),
        ("[2001:db8:0:0::5]", True),
        ("[2001:db8::6]", False),
        ("10.0.0.1:9", True),
        ("10.0.0.2", False),
        ("", False),
        ("[hub.example]", False),
        (f"{'a' * 64}.team.example", False),
    ],
)
def test_a_host_is_known_by_its_name_below_a_dot_and_at_any_port(host: str, trusted: bool) -> None:
    known = ["Hub.example:443", ".team.example", "müller.example", "[2001:DB8::5]", "10.0.0.1", "", "."]
    assert security.is_trusted(host, known) is trusted


@pytest.mark.req("R89")
@pytest.mark.parametrize(("hops", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_forwarded_headers_count_only_behind_a_proxy(tmp_path: Path, hops: int, seen: str) -> None:
    hub = make_hub(tmp_path, proxy_hops=hops)
    app = create_app(hub)
    addresses: list[str | None] = []
    app.before_request(lambda: addresses.append(request.remote_addr))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.7"})
    assert addresses == [seen]
    hub.close()


@pytest.mark.req("R72")
def test_over_https_the_cookie_is_pinned_to_the_host(tmp_path: Path) -> None:
    hub = make_hub(tmp_path, base_url="https://hub.example")
    client = create_app(hub).test_client()
    link = accounts.request_link(hub, user_of(hub, "viewer").email)
    assert link is not None
    answer = client.post(
        link.removeprefix("https://hub.example"),
        base_url="https://hub.example",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ugc_hub=")
    for rule in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert rule in cookie
    assert "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    hub.close()


def test_looking_at_a_link_does_not_use_it_up(hub: Hub, stranger: Person) -> None:
    link = accounts.request_link(hub, user_of(hub, "viewer").email)
    assert link is not None
    path = link.removeprefix(hub.settings.address)
    for _ in range(2):
        assert stranger.get(path).status_code == 200
    entered = stranger.post(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert entered.status_code == 303
    assert cookie_name(hub) in entered.headers["Set-Cookie"]
    assert stranger.client.get("/").status_code == 200
    again = stranger.post(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert again.status_code in {401, 403}


def test_the_mail_form_answers_the_same_for_known_and_unknown_addresses(hub: Hub, stranger: Person) -> None:
    user_of(hub, "viewer")
    texts = []
    for email in ("viewer@example.org", "nobody@example.org"):
        answer = stranger.post("/sign-in/mail", data={"email": email}, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 200
        texts.append(answer.get_data(as_text=True).replace(email, ""))
    assert texts[0] == texts[1]


@pytest.fixture(scope="module")
def bare() -> Flask:
    """The addresses of the pages, and nothing behind them."""
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    return app


@pytest.mark.req("R84")
@given(st.text() | st.sampled_from(["//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aX: y"]))
def test_after_signing_in_one_stays_on_the_hub(bare: Flask, target: str) -> None:
    with bare.test_request_context():
        chosen = safe_next(target)
    assert chosen.startswith("/")
    assert not chosen.startswith(("//", "/\\"))
    assert chosen.isprintable()


def test_signing_in_leads_to_where_one_wanted_to_go(stranger: Person) -> None:
    assert stranger.get("/presets?channel=ads").headers["Location"] == "/sign-in?next=/presets?channel%3Dads"
