"""Make text of unknown origin safe to store: valid Unicode, one line, bounded, nothing invisible that reorders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

TEXT_LIMIT = 2_000
"""Longest text kept, in characters."""

_LIST_LIMIT = 200

# Bidirectional embeddings, overrides and isolates can make a name read as another one; the byte order mark and
# the interlinear marks are never content. Joiners stay: Persian, Hindi and emoji need them.
_HIDDEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_BLANKS = re.compile(r"[^\S ]")


def clean(text: str | None) -> str | None:
    """Return `text` without control characters, at most `TEXT_LIMIT` characters, or None when nothing is left."""
    if not text:
        return None
    # Longer input is cut first (with room for what is dropped), so that hostile megabytes cost nothing.
    kept = _BLANKS.sub(" ", _HIDDEN.sub("", text[: 4 * TEXT_LIMIT]))
    kept = "".join(char for char in kept if unicodedata.category(char) not in {"Cc", "Cs", "Cn"})
    return kept[:TEXT_LIMIT].strip() or None


def joined(texts: Iterable[str | None]) -> str | None:
    """Clean several texts and join them with "; ", each once, in their order."""
    cleaned = [text for text in map(clean, islice(texts, _LIST_LIMIT)) if text]
    return clean("; ".join(dict.fromkeys(cleaned)))


def decoded(data: bytes) -> str:
    """Decode bytes that should be ASCII or UTF-8 but may be Latin-1, as EXIF and IPTC of older cameras are."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def utf16(data: bytes, *, big: bool = False) -> str:
    """Decode UTF-16 up to its first NUL; a byte order mark wins over `big`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        big, data = data[:2] == b"\xfe\xff", data[2:]
    return data.decode("utf-16-be" if big else "utf-16-le", "replace").split("\0", 1)[0]
