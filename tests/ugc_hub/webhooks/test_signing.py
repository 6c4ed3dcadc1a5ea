"""Signatures in the form of Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from ugc_hub.webhooks import sign, verify
from ugc_hub.webhooks.signing import secret_text

SECRET = secret_text(b"k" * 32)
BODY = b'{"type":"rights.revoked"}'


def test_the_signature_covers_id_time_and_body_as_the_standard_says() -> None:
    headers = sign([SECRET], "msg_1", 1700000000, BODY)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, b"msg_1.1700000000." + BODY, hashlib.sha256).digest()).decode()
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{expected}",
    }


def test_the_example_of_the_standard_gives_the_signature_that_it_names() -> None:
    # From the test of the reference libraries: secret, id, time and body are fixed there.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_knows_its_own_messages_and_nothing_else() -> None:
    headers = sign([SECRET, secret_text(b"o" * 32)], "msg_1", 1000, BODY)
    assert verify(SECRET, headers, BODY, now=1000)
    assert verify(secret_text(b"o" * 32), headers, BODY, now=1299)
    assert not verify(secret_text(b"x" * 32), headers, BODY, now=1000)
    assert not verify(SECRET, headers, BODY + b" ", now=1000)
    assert not verify(SECRET, headers, BODY, now=1301)
    assert not verify(SECRET, headers, BODY, now=699)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_without_one_of_its_headers_nothing_is_genuine(name: str) -> None:
    headers = sign([SECRET], "msg_1", 1000, BODY)
    del headers[name]
    assert not verify(SECRET, headers, BODY, now=1000)
    assert not verify(SECRET, {**headers, name: "²"}, BODY, now=1000)
