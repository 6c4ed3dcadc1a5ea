"""Names of uploaded files: kept for people to recognise, cleaned so that they can do no harm."""

from __future__ import annotations

import unicodedata

LONGEST = 200
"""Characters of a kept name."""
FALLBACK = "untitled"


def clean_name(name: str | None) -> str:
    """Return a name without folders, control characters, bidi overrides and outer blanks or dots; never empty.

    Markup, quotes and formula signs stay: whoever shows the name escapes it for the place where it is shown.
    """
    text = unicodedata.normalize("NFC", name or "").replace("\\", "/").rsplit("/", 1)[-1]
    # Cc control, Cf format (bidi overrides, zero width), Cs surrogates, Zl and Zp line ends; ZWJ is part of emoji.
    kept = (c for c in text if c == "\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    cleaned = "".join(kept).strip(" .\u200d")
    if len(cleaned) > LONGEST:
        _, dot, ending = cleaned.rpartition(".")
        ending = ending if dot and len(ending) <= 10 else ""
        cleaned = cleaned[: LONGEST - len(ending) - 1] + ("." + ending if ending else "")
    return cleaned or FALLBACK
