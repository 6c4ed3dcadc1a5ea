"""Reasons in words: each code with a sentence and a next step, in the order of their precedence (section 2.12)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from ugc_hub.rights.decisions import Reason

_SUBJECTS = {
    "copyright": "content",
    "likeness": "likeness of {subject}",
    "property": "property {subject}",
    "music": "music {subject}",
    "platform": "creator's handle",
}


@cache
def _words() -> dict[str, dict[str, Any]]:
    plain = tomllib.loads(files(__package__).joinpath("reasons.toml").read_text(encoding="utf-8"))
    return {one["code"]: one for one in plain["reason"]}


@cache
def _places() -> dict[str, int]:
    return {code: place for place, code in enumerate(_words())}


def precedence(code: str) -> int:
    """Return the place of a code among all, most severe first."""
    return _places()[code]


def codes() -> tuple[str, ...]:
    """Return every code, most severe first."""
    return tuple(_words())


def in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Sort reasons by precedence, then by their keys."""
    return tuple(sorted(reasons, key=lambda one: (precedence(one.code), one.key)))


def explain(reason: Reason) -> Reason:
    """Return the reason with its sentence and next step."""
    words = _words()[reason.code]
    words = words.get(reason.layer or "", words)
    values = {"about": _about(reason), "detail": reason.detail or "", "when": f" on {reason.detail}"}
    if reason.detail is None:
        values["when"] = ""
    return replace(
        reason,
        sentence=words["sentence"].format_map(values),
        next_step=words["next_step"].format_map(values),
    )


def _about(reason: Reason) -> str:
    named = _SUBJECTS.get(reason.layer or "", "asset").format(subject=reason.subject or "").strip()
    return f"{named} of the ingredient {reason.asset}" if reason.asset else named
