"""Mail: into the outbox or to a server, encrypted where it leaves the machine, with nobody's lines in its headers."""

from __future__ import annotations

import email
import email.policy
import os
import socket
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import with_clock
from ugc_hub import notify
from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.posting import post
from ugc_hub.models import SentLetter
from workers.queue.jobs import enqueue, get
from workers.queue.shapes import Job

LINK = "https://hub.example/sign-in/abc_DEF-123"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Hub]:
    """A hub on SQLite: mails do not depend on the database."""
    made = make_hub(tmp_path / "var")
    yield made
    made.close()


def by_server(hub: Hub, url: str) -> Hub:
    return replace(hub, settings=replace(hub.settings, smtp_url=url))


def mails(hub: Hub) -> list[EmailMessage]:
    found = sorted(notify.outbox(hub).glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def test_without_a_server_mails_are_files_that_only_the_owner_reads(house: Hub) -> None:
    notify.send_sign_in_link(house, "ana@example.org", LINK)
    (mail,) = mails(house)
    assert (mail["To"], mail["Subject"], mail["From"]) == (
        "ana@example.org",
        "Sign in to UGC Hub",
        "UGC Hub <hub@localhost>",
    )
    assert LINK in mail.get_content()
    assert "30 minutes" in mail.get_content()
    folder = notify.outbox(house)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


@pytest.mark.parametrize("place", ["to", "subject"])
def test_no_line_can_be_added_to_the_headers(house: Hub, place: str) -> None:
    values = {"to": "ana@example.org", "subject": "Hello", "body": "Text"} | {
        place: "x@example.org\r\nBcc: eve@example.org"
    }
    with pytest.raises(ValueError, match="linefeed"):
        notify.send(house, **values)
    assert mails(house) == []


@dataclass
class Server:
    """A mail server that remembers what it is told; `offers` are the lines of its answer to EHLO."""

    offers: tuple[str, ...] = ("SIZE 1000000",)
    refuse: str = ""
    heard: list[str] = field(default_factory=list)
    data: bytes = b""

    def __enter__(self) -> Server:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._thread.join(10)

    def _serve(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as lines:

            def say(text: str) -> None:
                lines.write(text.encode() + b"\r\n")
                lines.flush()

            say("220 here")
            for line in lines:
                word = line.decode().strip()
                self.heard.append(word)
                verb = word.partition(" ")[0].upper()
                if self.refuse and word.upper().startswith(self.refuse):
                    say("550 no")
                elif verb == "EHLO":
                    say("\r\n".join(["250-here", *(f"250-{offer}" for offer in self.offers), "250 HELP"]))
                elif verb == "AUTH":
                    say("235 welcome")
                elif verb == "DATA":
                    say("354 go on")
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += lines.readline()
                    self.data = body
                    say("250 kept")
                elif verb == "STARTTLS":
                    say("220 go on")
                    return
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 ok")


def test_a_server_on_this_machine_gets_the_mail(house: Hub) -> None:
    with Server(offers=("AUTH PLAIN",)) as server:
        notify.send_sign_in_link(by_server(house, f"smtp://me%40x:p%3Aw@{server.url}"), "ana@example.org", LINK)
    mail = email.message_from_bytes(server.data, policy=email.policy.default)
    assert (mail["To"], "rcpt TO:<ana@example.org>" in server.heard) == ("ana@example.org", True)
    assert any(word.startswith("AUTH PLAIN") for word in server.heard)
    assert mails(house) == []


def test_encryption_is_begun_where_the_server_offers_it_before_anything_is_told(house: Hub) -> None:
    with Server(offers=("STARTTLS", "AUTH PLAIN")) as server, pytest.raises(Unavailable):
        notify.send(by_server(house, f"smtp://me:secret@{server.url}"), "ana@example.org", "Hello", LINK)
    assert server.heard[-1] == "STARTTLS"
    assert not any(word.startswith(("AUTH", "MAIL", "mail")) for word in server.heard)


def test_another_machine_that_does_not_encrypt_gets_nothing(house: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(offers=("AUTH PLAIN",)) as server:
        monkeypatch.setattr(notify, "LOOPBACK", set())
        with pytest.raises(Unavailable):
            notify.send(by_server(house, f"smtp://me:secret@{server.url}"), "ana@example.org", "Hello", LINK)
    assert not any(word.startswith(("AUTH", "MAIL", "mail")) for word in server.heard)


@pytest.mark.req("R86")
@pytest.mark.parametrize("refuse", ["RCPT", "MAIL", "DATA"])
def test_a_server_that_refuses_is_told_as_a_passing_trouble(house: Hub, refuse: str) -> None:
    with Server(refuse=refuse) as server, pytest.raises(Unavailable) as caught:
        notify.send(by_server(house, f"smtp://{server.url}"), "ana@example.org", subject="Hello", body="Text")
    assert caught.value.retry
    assert "550" not in caught.value.message


def test_a_server_that_is_away_is_told_as_a_passing_trouble(house: Hub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unavailable):
        notify.send(by_server(house, f"smtp://127.0.0.1:{port}"), "ana@example.org", subject="Hello", body="Text")


def test_an_address_with_letters_that_the_server_cannot_take_breaks_nothing(house: Hub) -> None:
    with Server() as server, pytest.raises(Unavailable):
        notify.send(by_server(house, f"smtp://{server.url}"), "añá@example.org", subject="Hello", body="Text")


def letter_job(hub: Hub) -> Job:
    with hub.database.write() as session:
        job = get(session.connection(), enqueue(session.connection(), "mail", {}))
    assert job is not None
    return job


def test_a_letter_of_a_job_goes_to_a_server_once_and_to_each_address(house: Hub) -> None:
    job = letter_job(house)
    with Server() as server:
        away = by_server(house, f"smtp://{server.url}")
        assert post(away, job, "ana@example.org", subject="Hello", body="Text")
    assert not post(away, job, "ana@example.org", subject="Hello", body="Text"), (
        "nobody listens any more: it was not tried"
    )
    with pytest.raises(Unavailable):
        post(away, job, "ben@example.org", subject="Hello", body="Text")
    with Server() as server:
        assert post(by_server(house, f"smtp://{server.url}"), job, "ben@example.org", subject="Hello", body="Text")


def test_a_letter_that_a_server_gets_twice_is_the_same_message(house: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(status: int) -> None:
        raise KeyboardInterrupt

    job, ids = letter_job(house), []
    monkeypatch.setattr(os, "_exit", die)
    monkeypatch.setenv("UGC_HUB_CRASH_AT", "after_sent")
    for _ in range(2):
        with Server() as server, pytest.raises(KeyboardInterrupt):
            post(by_server(house, f"smtp://{server.url}"), job, "ana@example.org", subject="Hello", body="Text")
        ids.append(email.message_from_bytes(server.data)["Message-ID"])
    assert ids[0] == ids[1] is not None


def test_that_a_letter_went_out_is_forgotten_after_a_while(house: Hub) -> None:
    hub, clock = with_clock(house)
    post(hub, letter_job(hub), "ana@example.org", subject="Hello", body="Text")
    for days, left in ((89, 1), (2, 0)):
        clock.go_on(days=days)
        collect(hub)
        with hub.database.read() as session:
            assert len(session.scalars(select(SentLetter)).all()) == left
