"""Names of downloads: nothing in them can be a path, forge a header or deceive the eye."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows keeps for devices."""
FORBIDDEN = frozenset('/\\:*?"<>|%;')
ASCII_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-()+,=@")
ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"
"""Besides letters and digits, what RFC 8187 lets stand unencoded (`attr-char`)."""
LONGEST = 120
"""Characters of a name; with an extended parameter of four bytes each it still fits into a header line."""


def safe_name(name: str, fallback: str = "download") -> str:
    """Return a file name that every system can store: no path, control, bidi or device name, at most 120 characters.

    The ending survives shortening. An empty or unusable name becomes `fallback`.
    """
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    # Category C holds controls, formats (bidi overrides, zero width), surrogates and unassigned; Z the separators.
    kept = "".join(
        " " if unicodedata.category(c)[0] == "Z" else "_" if c in FORBIDDEN else c
        for c in text
        if unicodedata.category(c)[0] != "C"
    )
    kept = " ".join(kept.split()).strip(". ")
    path = PurePosixPath(kept)
    ending = path.suffix if len(path.suffix) <= 12 else ""
    stem = kept[: len(kept) - len(ending)][: LONGEST - len(ending)].rstrip(". ")
    if not stem or stem.split(".")[0].strip().lower() in RESERVED:
        stem = fallback if not stem else f"_{stem}"
    return f"{stem}{ending}"


def ascii_name(name: str) -> str:
    """Return the nearest name in plain ASCII for old clients; accents fall away, other letters become `_`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    replaced = "".join(c if c in ASCII_NAME else "_" for c in plain)
    return replaced if replaced.strip("_. ") else "download"


def content_disposition(name: str, *, attachment: bool) -> str:
    """Return the header value of RFC 6266: `filename` in ASCII, `filename*` (RFC 8187) where that loses letters."""
    clean = safe_name(name)
    plain = ascii_name(clean)
    parts = ["attachment" if attachment else "inline", f'filename="{plain}"']
    if plain != clean:
        parts.append(f"filename*=UTF-8''{quote(clean, safe=ATTRIBUTE_CHARACTERS)}")
    return "; ".join(parts)
