"""What fields of a campaign are, which values they take, and what they say of assets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ugc_hub.errors import Invalid
from ugc_hub.models import CampaignField

from .words import key

KINDS = {"text": "Text", "number": "Number", "date": "Date", "choice": "Choice", "yes_no": "Yes or no"}
LONGEST_NAME, LONGEST_TEXT, LONGEST_CHOICE = 40, 500, 60
MOST_DIGITS = 15
"""So many digits are the same number again after any program has read and written them."""
Plain = str | int | float | bool | None
"""A value as a program gives or gets it; None: nothing is said."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ANSWERS = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}


@dataclass(frozen=True)
class FieldView:
    """A field as it stands at an asset. `value` is in one spelling, or None where nothing is said."""

    id: str
    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    value: str | None

    @property
    def missing(self) -> bool:
        """Whether it is required and says nothing."""
        return self.required and self.value is None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON, the value by its kind: a number, true or false, else text."""
        plain: Plain = self.value
        if self.value is not None and self.kind == "number":
            plain = float(self.value) if "." in self.value else int(self.value)
        elif self.value is not None and self.kind == "yes_no":
            plain = self.value == "yes"
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "required": self.required,
            "choices": list(self.choices),
            "value": plain,
        }


def clean(kind: str, choices: Sequence[str], given: Plain) -> str | None:
    """Return a value as a field of a kind keeps it; None for nothing or an empty text.

    What it returned it returns again.

    Raises:
        Invalid: the kind does not take this value; the message says what it takes.
    """
    if given is None:
        return None
    if isinstance(given, bool):
        given = "yes" if given else "no"
    elif isinstance(given, float):
        given = format(Decimal(repr(given)), "f")
    text = " ".join(unicodedata.normalize("NFC", str(given)).split())
    if not text:
        return None
    found = (
        {"text": _text, "number": _number, "date": _day, "yes_no": _answer}[kind](text)
        if kind != "choice"
        else ({key(choice): choice for choice in choices}.get(key(text)))
    )
    if found is None:
        raise Invalid(_takes(kind, choices), code="no_such_value", extra={"field": "fields"})
    return found


def _text(text: str) -> str | None:
    return text if len(text) <= LONGEST_TEXT and text.isprintable() else None


def _number(text: str) -> str | None:
    if not _NUMBER.fullmatch(text):
        return None
    plain = format(Decimal(text), "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    digits = plain.lstrip("-").replace(".", "").lstrip("0")
    return None if len(digits) > MOST_DIGITS else plain if digits else "0"


def _day(text: str) -> str | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _answer(text: str) -> str | None:
    return _ANSWERS.get(text.lower())


def _takes(kind: str, choices: Sequence[str]) -> str:
    return {
        "text": f"A text has at most {LONGEST_TEXT} printable characters.",
        "number": f"A number is written such as 12 or 12.5, with at most {MOST_DIGITS} digits.",
        "date": "A date is written such as 2026-12-31.",
        "choice": f"Choose one of: {', '.join(choices)}.",
        "yes_no": "Say yes or no.",
    }[kind]


def asked_for(
    fields: Sequence[CampaignField], given: Mapping[str, Plain]
) -> dict[str, tuple[CampaignField, str | None]]:
    """Return which fields are meant, by id, with the values as they are kept. A name or an id says which.

    Raises:
        Invalid: there is no such field, one is named twice, or a value is not taken.
    """
    by_id, by_name = {field.id: field for field in fields}, {field.folded: field for field in fields}
    found: dict[str, tuple[CampaignField, str | None]] = {}
    for name, value in given.items():
        field = by_id.get(name) or by_name.get(key(name))
        if field is None:
            words = f"The campaign of the asset has no field “{name[:60]}”."
            if name.startswith("fld_"):
                words = "A field was removed meanwhile, or the asset is of another campaign now. Load the page again."
            raise Invalid(words, code="no_such_field", extra={"field": "fields"})
        if field.id in found:
            raise Invalid(f"“{field.name}” is named twice.", extra={"field": "fields"})
        found[field.id] = field, checked(field, value)
    return found


def checked(field: CampaignField, given: Plain) -> str | None:
    """Return a value as a field keeps it.

    Raises:
        Invalid: the field does not take it; the message names the field.
    """
    try:
        return clean(field.kind, field.choices, given)
    except Invalid as problem:
        raise Invalid(f"{field.name}: {problem.message}", code=problem.code, extra=problem.extra) from None
