"""Signed URLs allow exactly what they say, for as long as they say."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import BadSignature, Expired, Signer, Ticket, disposition, open_storage
from storage.errors import InvalidKey
from storage.signing import clean_filename

SECRET = "a secret of the tests, long enough"
NOW = 1_800_000_000


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signer(clock: Clock) -> Signer:
    return Signer(SECRET, "/files/", clock)


def test_a_signed_url_says_what_it_allows(signer: Signer) -> None:
    url = signer.url("a b/ü&?#.jpg", 60, "Büro 1.jpg", "image/jpeg")
    assert url.startswith("/files/a%20b/%C3%BC%26%3F%23.jpg?")
    expected = Ticket("a b/ü&?#.jpg", NOW + 60, "Büro 1.jpg", "image/jpeg")
    assert signer.verify_url(url) == expected
    assert signer.verify_url(f"https://host.example{url}", "HEAD") == expected
    query = dict(parse_qsl(urlsplit(url).query))
    assert signer.verify("a b/ü&?#.jpg", query) == expected


def test_a_url_without_name_and_type_allows_just_the_bytes(signer: Signer) -> None:
    assert signer.verify_url(signer.url("plain", 1)) == Ticket("plain", NOW + 1)


def test_a_url_expires_to_the_second(signer: Signer, clock: Clock) -> None:
    url = signer.url("plain", 60)
    clock.now = NOW + 59.9
    assert signer.verify_url(url).key == "plain"
    clock.now = NOW + 60.0
    with pytest.raises(Expired):
        signer.verify_url(url)


def changed(url: str) -> Iterator[str]:
    path, _, query = url.partition("?")
    values = {name: value[0] for name, value in parse_qs(query).items()}
    yield url.replace("/files/pic", "/files/pid")
    yield url.replace("/files/", "/other/")
    yield url.replace("/files/pic", "/files/x/../pic")
    yield url.replace(f"expires={NOW + 60}", f"expires={NOW + 61}")
    yield url.replace(f"expires={NOW + 60}", "expires=1e12")
    yield url.replace(f"expires={NOW + 60}", f"expires={NOW + 60}&expires={NOW + 60}")
    yield url.replace(f"expires={NOW + 60}&", "")
    yield url.replace("filename=name.jpg", "filename=name.html")
    yield url.replace("filename=name.jpg&", "")
    yield url.replace("type=image%2Fjpeg", "type=text%2Fhtml")
    yield url.replace("type=image%2Fjpeg&", "")
    yield f"{url}&other=1"
    yield f"{url}0"
    yield url.replace(values["signature"], "")
    yield url.replace(values["signature"], "%C3%BC")
    yield url.replace(values["signature"], values["signature"].upper() + "x")
    yield path


def test_every_change_of_a_url_is_noticed(signer: Signer) -> None:
    url = signer.url("pic", 60, "name.jpg", "image/jpeg")
    variants = list(changed(url))
    assert url not in variants
    for variant in variants:
        with pytest.raises(BadSignature):
            signer.verify_url(variant)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_url_for_reading_allows_nothing_else(signer: Signer, method: str) -> None:
    with pytest.raises(BadSignature):
        signer.verify_url(signer.url("pic", 60), method)


def test_another_secret_verifies_nothing(signer: Signer, clock: Clock) -> None:
    with pytest.raises(BadSignature):
        Signer(b"another secret of the tests", "/files/", clock).verify_url(signer.url("pic", 60))


def test_short_secrets_long_lives_and_bad_keys_are_refused(signer: Signer) -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Signer("short")
    with pytest.raises(ValueError, match="604800"):
        signer.url("pic", 604_801)
    with pytest.raises(InvalidKey):
        signer.url("../pic", 60)


def test_without_a_secret_there_is_no_url(tmp_path: object) -> None:
    for url in ("memory:", f"{tmp_path}"):
        assert open_storage(url).signed_url("pic", expires_s=60) is None
        signed = open_storage(url, signer=Signer(SECRET)).signed_url("pic", expires_s=60)
        assert signed is not None
        assert Signer(SECRET).verify_url(signed).key == "pic"


@given(st.text(), st.text(max_size=40))
def test_any_text_can_be_a_file_name(name: str, tail: str) -> None:
    signer = Signer(SECRET, clock=Clock())
    ticket = signer.verify_url(signer.url("pic", 60, name + tail))
    assert ticket.filename == clean_filename(name + tail)
    header = disposition(name + tail)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_a_download_name_is_given_in_both_forms() -> None:
    assert disposition("Grüße 5%.jpg") == (
        "attachment; filename=\"Gr__e 5_.jpg\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%205%25.jpg"
    )
    assert disposition("../../a\r\nb") == "attachment; filename=\".._.._a__b\"; filename*=UTF-8''.._.._a__b"
    assert disposition("") == "attachment; filename=\"file\"; filename*=UTF-8''file"
    assert clean_filename(None) is None
