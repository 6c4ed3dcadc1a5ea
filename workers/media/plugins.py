"""Loads plug-ins by name."""

from __future__ import annotations

import functools
import importlib
from typing import Any

LONGEST = 60
"""Letters of what a plug-in calls itself; it stands beside all that it made."""

_REFUSED: dict[str, str] = {}


class Refused(ImportError):
    """A plug-in that held up the process when it was imported; `str` tells what it did."""


def refuse(name: str, did: str) -> None:
    """From now on import this plug-in no more: it took too long, or ended the process, as `did` says."""
    _REFUSED[name] = did


@functools.cache
def plugin(name: str) -> Any:
    """Return what `module:attribute` names, made once for a process where it is a class.

    Raises:
        ImportError, AttributeError: there is nothing of this name.
        Refused: importing it was given up.
        ValueError: it calls itself something else than a word without blanks or slashes, of at most 60 letters.
    """
    if name in _REFUSED:
        raise Refused(f"{name} {_REFUSED[name]} while it was imported")
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    made = found() if isinstance(found, type) else found
    if not 0 < len(made.name) <= LONGEST or {*" /"} & {*made.name}:
        raise ValueError(f"a plug-in has a name of at most {LONGEST} letters, without blanks or slashes")
    return made
