"""What a key, a prefix and a content type may look like; the same rules for every backend.

Keys are compared code point by code point: NFC and NFD spellings are different keys, and so are `A` and `a`. A
local folder must therefore lie on a file system that keeps names as they are (ext4, XFS, Btrfs, ZFS; not the
case-insensitive defaults of macOS and Windows).
"""

from __future__ import annotations

import re
import unicodedata

from storage.errors import InvalidKey, InvalidRange

MAX_KEY_BYTES = 1024
"""As S3 limits keys; counted in UTF-8."""
MAX_SEGMENT_BYTES = 255
"""As file systems limit names (`NAME_MAX`); counted in UTF-8."""
MAX_SEGMENTS = 64
"""Bounds how deep folders nest, and with it the work that one key can cause."""

_CONTENT_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}(?:; ?[\w-]{1,40}=[\w.+-]{1,60}){0,4}", re.ASCII)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidKey("A key must be valid Unicode.") from None


def _check_segment(segment: str) -> None:
    if segment in {"", ".", ".."}:
        raise InvalidKey("A key must not have empty, '.' or '..' segments, nor begin or end with '/'.")
    if len(_encoded(segment)) > MAX_SEGMENT_BYTES:
        raise InvalidKey(f"A segment of a key has at most {MAX_SEGMENT_BYTES} bytes of UTF-8.")


def _check_text(text: str) -> None:
    if len(_encoded(text)) > MAX_KEY_BYTES:
        raise InvalidKey(f"A key has at most {MAX_KEY_BYTES} bytes of UTF-8.")
    if "\\" in text or any(unicodedata.category(char) == "Cc" for char in text):
        raise InvalidKey("A key must not contain backslashes or control characters.")
    if text.count("/") >= MAX_SEGMENTS:
        raise InvalidKey(f"A key has at most {MAX_SEGMENTS} segments.")


def check_key(key: str) -> str:
    """Return `key` unchanged if it is 1..1024 bytes of UTF-8 in `/`-separated segments; else `InvalidKey`."""
    if not key:
        raise InvalidKey("A key must not be empty.")
    _check_text(key)
    for segment in key.split("/"):
        _check_segment(segment)
    return key


def check_prefix(prefix: str) -> str:
    """Return `prefix` unchanged if some key can begin with it ("" begins every key); else `InvalidKey`."""
    _check_text(prefix)
    *whole, begun = prefix.split("/")
    for segment in whole:
        _check_segment(segment)
    if len(_encoded(begun)) > MAX_SEGMENT_BYTES:
        raise InvalidKey(f"A segment of a key has at most {MAX_SEGMENT_BYTES} bytes of UTF-8.")
    return prefix


def check_content_type(content_type: str | None) -> str | None:
    """Return a media type such as `image/png` or `text/plain; charset=utf-8` unchanged; else `ValueError`.

    Stricter than RFC 9110, so that the text can stand in a header or a URL as it is.
    """
    if content_type is not None and not _CONTENT_TYPE.fullmatch(content_type):
        raise ValueError(f"not a content type: {content_type!r}")
    return content_type


def check_range(start: int, end: int | None) -> None:
    """Raise `InvalidRange` unless 0 <= start <= end."""
    if start < 0 or (end is not None and end < start):
        raise InvalidRange(f"The byte range {start}..{end} is negative or ends before it starts.")
