"""A real hub and a real Chromium for the browser tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.pictures import jpeg
from tests.postgres import database_of
from tests.serving import Served, served
from tests.tools import need
from ugc_hub.web.context import cookie_name

expect.set_options(timeout=30_000)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
LAST_LINES = 60
QUIET_TURNS = 3
TURN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
"""Lets a page draw twice and do what waits: whatever it asks for of its own accord is under way by then."""
SETTLE_S = 60.0
ABORTED = ("console: htmx:afterRequest,", "console: htmx:sendAbort,")
"""How htmx says that a request was aborted."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_databases` on both, everything else on SQLite: looks do not depend on the database."""
    if "site" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        kinds = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("site", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A hub with one worker, for all browser tests of this process on one database."""
    folder = tmp_path_factory.mktemp("site")
    with database_of(request.param) as url, served(folder, database_url=url) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what the hub said last: its log is gone with the machine that ran the tests."""
    report = yield
    running = getattr(item, "funcargs", {}).get("site")
    if report.failed and running is not None:
        lines = running.log.read_text(errors="replace").splitlines()
        report.sections.append(("last lines of the hub", "\n".join(lines[-LAST_LINES:])))
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=ARGUMENTS, timeout=120_000)
        yield browser
        browser.close()


@dataclass
class Visit:
    """One person at one browser: the page, and everything that went wrong on it."""

    page: Page
    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Statuses of answers that the test provokes."""

    asked: set[Request] = field(default_factory=set)
    """What the page waits for."""

    started: list[Request] = field(default_factory=list)
    """All that it ever asked for, in order."""

    def go(self, path: str) -> None:
        """Open a page of the hub and wait until it is quiet."""
        self.asked.clear()
        self.page.goto(f"{self.address}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page asks for nothing; the browser's "networkidle" waits half a second longer each time."""
        until, quiet = time.monotonic() + SETTLE_S, 0
        while quiet < QUIET_TURNS:
            assert time.monotonic() < until, [request.url for request in self.asked]
            self.page.evaluate(TURN)
            quiet = 0 if self.asked else quiet + 1

    def watch(self) -> None:
        """Note from now on what goes wrong, and what the page asks for."""
        self.page.on("console", self.on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self.on_response)
        self.page.on("dialog", self.on_dialog)
        self.page.on("request", self.on_request)
        for end in ("requestfinished", "requestfailed"):
            self.page.on(end, lambda request: self.asked.discard(request))

    def went_wrong(self) -> list[str]:
        """Return the complaints, without those about a request that a newer one replaced, as in typing on."""
        left = list(self.complaints)
        for _ in range(self._replaced()):
            for beginning in ABORTED:
                found = next((one for one in left if one.startswith(beginning)), None)
                if found is not None:
                    left.remove(found)
        return left

    def _replaced(self) -> int:
        """Return how many requests were aborted and asked anew, with another query, right afterwards."""
        aborted = [number for number, one in enumerate(self.started) if one.failure == "net::ERR_ABORTED"]
        return sum(
            any(urlsplit(one.url).path == urlsplit(self.started[number].url).path for one in self.started[number + 1 :])
            for number in aborted
        )

    def on_request(self, request: Request) -> None:
        """Note what the page asks for."""
        self.asked.add(request)
        self.started.append(request)

    def on_console(self, message: ConsoleMessage) -> None:
        """Note errors and warnings; the browser's own line about a provoked status is not one."""
        provoked = any(f"status of {status}" in message.text for status in self.expected)
        if message.type in {"error", "warning"} and not provoked:
            self.complaints.append(f"console: {message.text}")

    def on_response(self, response: Response) -> None:
        """Note answers that nobody expected to fail."""
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status}: {response.url}")

    def on_dialog(self, dialog: Dialog) -> None:
        """Note a dialog, which no page should open, and close it."""
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(site: Served, chromium: Browser) -> Iterator[Visitor]:
    """A function that opens a browser for somebody with a role; afterwards nothing may have gone wrong in it."""
    visits: list[Visit] = []

    def open_browser(role: str = "content_manager", **options: object) -> Visit:
        context = chromium.new_context(**({"viewport": DESKTOP} | options))  # type: ignore[arg-type]
        if role:
            host = urlsplit(site.address).hostname
            cookie = {"name": cookie_name(site.hub), "value": site.sign_in(role).cookie, "domain": host, "path": "/"}
            context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]
        made = Visit(context.new_page(), context, site.address)
        made.page.set_default_timeout(60_000)
        made.watch()
        visits.append(made)
        return made

    yield open_browser
    complaints = [complaint for made in visits for complaint in made.went_wrong()]
    for made in visits:
        made.context.close()
    assert complaints == []


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a generated photo and returns its path."""

    def write(name: str = "photo.jpg", width: int = 1600, height: int = 1200, seed: int = 1, **options: object) -> Path:
        path = tmp_path / name
        path.write_bytes(jpeg(width, height, seed, **options))
        return path

    return write
