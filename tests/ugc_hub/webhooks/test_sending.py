"""Messages go to the address that was typed and judged, and nowhere else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.ugc_hub.webhooks.receiver import HOME, receiver
from ugc_hub.errors import Invalid
from ugc_hub.webhooks.sending import NotSent, Sender, checked_url, is_public

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
]
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_message_goes_into_the_house_whatever_the_name_says(address: str) -> None:
    assert not is_public(address)
    sender = Sender(resolve=lambda host, port: ["93.184.216.34", address])
    with pytest.raises(NotSent, match="private network"):
        sender.post("https://example.org/hook", b"{}", {})


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "http://example.org/hook",
        "ftp://example.org",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: other",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_address_for_others_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        checked_url(url, private=False)


def test_a_setting_lets_messages_stay_in_the_house() -> None:
    assert checked_url("http://127.0.0.1:9000/hook", private=True).port == 9000


def test_the_name_is_resolved_once_and_the_connection_goes_there() -> None:
    with receiver() as there:
        asked: list[str] = []

        def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        answer = Sender(private=True, resolve=resolve).post(
            f"http://hooks.example:{there.port}/a?b=c", b"{}", {"X-One": "1"}
        )
        assert answer.taken
        assert asked == ["hooks.example"]
        assert there.headers[0]["host"] == f"hooks.example:{there.port}"
        assert (there.headers[0]["path"], there.headers[0]["x-one"]) == ("/a?b=c", "1")


def test_no_redirect_is_followed() -> None:
    with receiver() as there, receiver() as other:
        there.statuses, there.location = [302], other.url
        answer = HOME.post(there.url, b"{}", {})
        assert (answer.status, answer.taken) == (302, False)
        assert other.bodies == []


def test_a_host_without_an_address_and_a_closed_port_are_told_in_a_sentence() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    with pytest.raises(NotSent, match="no address"):
        Sender(private=True, resolve=nowhere).post("http://x.example/", b"", {})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotSent):
        HOME.post(f"http://127.0.0.1:{port}/", b"", {})


@pytest.fixture
def dripping() -> Iterator[int]:
    """A server that sends one byte of a header now and then, for ever."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
                while True:
                    connection.sendall(b"a")
                    time.sleep(0.05)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.close()
    thread.join(10)


def test_an_answer_without_end_is_cut_off(dripping: int) -> None:
    sender = Sender(private=True, total_s=0.5)
    with pytest.raises(NotSent, match="too long"):
        sender.post(f"http://127.0.0.1:{dripping}/", b"{}", {})
