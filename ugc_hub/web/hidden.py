"""Addresses that hold a secret: whoever knows one may do what it is for, so no log and no other site learns it."""

from __future__ import annotations

import re
from urllib.parse import unquote

SECRET_AFTER = ("c", "d", "g", "h", "m", "r", "s", "sign-in", "w")
"""First parts of the paths whose next part is a secret; a test holds them against the routes."""
SHOWN = "<token>"
_LONG = re.compile(r"[\w.~=%-]{16,}", re.ASCII)
"""What looks like a secret wherever it stands; no route of ours has so long a word."""


def holds_secret(path: str) -> bool:
    """Tell whether a path is, or was meant as, one that holds a secret: slashes, case and escapes may differ."""
    parts = _parts(path)
    return len(parts) > 1 and parts[0].lower() in SECRET_AFTER


def masked(path: str) -> str:
    """Return a path that no route knows for the log: what is a secret, or looks like one, is left out."""
    parts = _parts(path)
    for number, part in enumerate(parts):
        if number + 1 < len(parts) and part.lower() in SECRET_AFTER:
            return "/" + "/".join([*(_short(one) for one in parts[: number + 1]), SHOWN])
    return "/" + "/".join(_short(one) for one in parts)


def _parts(path: str) -> list[str]:
    """Return the parts of a path, as far as somebody may have garbled them."""
    return [part.strip() for part in re.split(r"[/\\]+", unquote(unquote(path))) if part.strip()]


def _short(part: str) -> str:
    return _LONG.sub("<long>", part)
