"""The mailed link: nobody learns from it who has an account, and nobody floods a mailbox with it."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import replace
from functools import partial

import pytest

from tests.ugc_hub.rows import with_clock
from tests.ugc_hub.web.conftest import Person, user_of
from tests.waiting import PATIENCE_S, wait_until
from ugc_hub import accounts, notify
from ugc_hub.errors import SignInNeeded
from ugc_hub.hub import Hub
from ugc_hub.web.app import create_app

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def ask(person: Person, email: str) -> str:
    """Ask for a link and return the page without the address."""
    answer = person.post("/sign-in/mail", data={"email": email}, headers=FROM_HERE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace(email, "")


def mails(hub: Hub) -> int:
    """Return how many mails were written."""
    return len(list(notify.outbox(hub).glob("*.eml")))


def quiet(hub: Hub) -> None:
    """Wait until no mail is under way."""
    for _ in range(notify.MOST_AT_ONCE):
        notify._UNDER_WAY.acquire(timeout=PATIENCE_S)
    notify._UNDER_WAY.release(notify.MOST_AT_ONCE)


def wait_for_a_byte(gate: socket.socket) -> None:
    """Stand for a mail that takes long."""
    gate.recv(1)


def by_server(hub: Hub, port: int) -> Hub:
    """Return the hub with a mail server on this machine."""
    return replace(hub, settings=replace(hub.settings, smtp_url=f"smtp://127.0.0.1:{port}"))


def test_a_mail_server_that_is_down_shows_in_the_log_and_not_in_the_answer(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    user_of(hub, "viewer")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stranger = Person(create_app(by_server(hub, port)).test_client(), "", {})
    with caplog.at_level(logging.ERROR, "ugc_hub.notify"):
        assert ask(stranger, "viewer@example.org") == ask(stranger, "nobody@example.org")
        quiet(hub)
    assert [record.message for record in caplog.records] == ["mail not sent"]


def test_a_mail_server_that_hangs_keeps_nobody_waiting(hub: Hub) -> None:
    user_of(hub, "viewer")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stranger = Person(create_app(by_server(hub, silent.getsockname()[1])).test_client(), "", {})
        began = time.monotonic()
        ask(stranger, "viewer@example.org")
        took = time.monotonic() - began
        connection, _ = silent.accept()
        connection.close()
    quiet(hub)
    assert took < notify.TIMEOUT_S / 2


def test_a_sixth_link_within_15_minutes_is_not_sent_and_nobody_is_told(hub: Hub) -> None:
    user_of(hub, "viewer")
    later_hub, clock = with_clock(hub)
    stranger = Person(create_app(later_hub).test_client(), "", {})
    pages = {ask(stranger, "viewer@example.org") for _ in range(7)} | {ask(stranger, "nobody@example.org")}
    assert len(pages) == 1
    quiet(hub)
    assert mails(hub) == 5
    clock.go_on(minutes=16)
    ask(stranger, " VIEWER@example.org ")
    quiet(hub)
    assert mails(hub) == 6


def test_one_network_address_gets_no_more_links_than_its_share(hub: Hub) -> None:
    asked = [accounts.may_ask(hub, f"{number}@example.org", "192.0.2.1") for number in range(51)]
    assert asked == [True] * 50 + [False]
    assert accounts.may_ask(hub, "0@example.org", "192.0.2.2")


def test_asking_for_links_does_not_use_up_the_tries_of_a_password(hub: Hub) -> None:
    user = user_of(hub, "viewer")
    for _ in range(12):
        accounts.may_ask(hub, user.email, "192.0.2.1")
    with pytest.raises(SignInNeeded):
        accounts.sign_in_with_password(hub, user.email, "wrong", "192.0.2.1")


@pytest.mark.req("R74")
def test_the_link_goes_to_the_address_as_it_is_kept(hub: Hub, stranger: Person) -> None:
    """The Kelvin sign is a small k once lowered: another mailbox, which must not get the link of this one."""
    accounts.create_user(hub, "kim@example.org", "viewer")
    ask(stranger, "\u212aim@example.org")
    quiet(hub)
    (mail,) = notify.outbox(hub).glob("*.eml")
    assert "To: kim@example.org" in mail.read_text()


def test_letters_that_no_database_takes_are_answered_like_any_others(hub: Hub, stranger: Person) -> None:
    for email in ("a\0b@example.org", "x" * 5000, "", "a@example.org\r\nBcc: b@example.org"):
        ask(stranger, email)
        answer = stranger.post("/sign-in", data={"email": email, "password": "no"}, headers=FROM_HERE)
        assert answer.status_code == 401
    quiet(hub)
    assert mails(hub) == 0


def test_no_more_mails_are_under_way_than_the_limit(caplog: pytest.LogCaptureFixture) -> None:
    gate, done = socket.socketpair()
    with gate, done:
        for _ in range(notify.MOST_AT_ONCE):
            notify.later(partial(wait_for_a_byte, gate))
        with caplog.at_level(logging.ERROR, "ugc_hub.notify"):
            notify.later(lambda: None)
        done.sendall(b"x" * notify.MOST_AT_ONCE)
        wait_until(lambda: notify._UNDER_WAY._value == notify.MOST_AT_ONCE)
    assert "others are under way" in caplog.text
