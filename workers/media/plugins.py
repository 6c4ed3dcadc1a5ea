"""Loads plug-ins by name."""

from __future__ import annotations

import functools
import importlib
from typing import Any

LONGEST = 60
"""Letters of what a plug-in calls itself; it stands beside all that it made."""


@functools.cache
def plugin(name: str) -> Any:
    """Return what `module:attribute` names, made once for a process where it is a class.

    Raises:
        ImportError, AttributeError: there is nothing of this name.
        ValueError: it calls itself something else than a word without blanks or slashes, of at most 60 letters.
    """
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    made = found() if isinstance(found, type) else found
    if not 0 < len(made.name) <= LONGEST or {*" /"} & {*made.name}:
        raise ValueError(f"a plug-in has a name of at most {LONGEST} letters, without blanks or slashes")
    return made
