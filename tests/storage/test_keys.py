"""Keys are one set of rules, wherever the bytes lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.conformance import HOSTILE_KEYS, ODD_KEYS
from storage.errors import InvalidKey, InvalidRange
from storage.keys import check_content_type, check_key, check_prefix, check_range


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_a_hostile_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidKey):
        check_key(key)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_odd_key_is_returned_unchanged(key: str) -> None:
    assert check_key(key) == key
    for end in range(len(key)):
        assert check_prefix(key[:end]) == key[:end]


@given(st.text(alphabet=st.sampled_from("./\\a\x00\x7fü"), max_size=12))
def test_an_accepted_key_has_only_plain_segments(key: str) -> None:
    try:
        check_key(key)
    except InvalidKey:
        return
    assert all(segment not in {"", ".", ".."} for segment in key.split("/"))
    assert not set(key) & set("\\\x00\x7f")


@pytest.mark.parametrize("kind", ["image/png", "text/plain; charset=utf-8", "image/svg+xml", None])
def test_a_content_type_is_returned_unchanged(kind: str | None) -> None:
    assert check_content_type(kind) == kind


@pytest.mark.parametrize("kind", ["", "png", "a/b\r\nX: y", "image/*", "ü/x", "a/b; q", "a/b;;c=d"])
def test_text_that_is_no_content_type_is_refused(kind: str) -> None:
    with pytest.raises(ValueError):
        check_content_type(kind)


def test_a_range_runs_forward_from_zero() -> None:
    check_range(0, None)
    check_range(3, 3)
    for start, end in ((-1, None), (0, -1), (2, 1)):
        with pytest.raises(InvalidRange):
            check_range(start, end)
