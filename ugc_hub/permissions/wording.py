"""Says uses in the language of whoever is asked, and fills named placeholders of texts that people wrote."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from ugc_hub.errors import Invalid
from ugc_hub.rights import world_atlas

LOCALES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
PLACEHOLDERS = frozenset(
    {
        "brand",
        "name",
        "subject",
        "assets",
        "channels",
        "territories",
        "term",
        "edits",
        "products",
        "exclusivity",
        "fee",
        "credit",
        "likeness",
        "withdrawal",
        "link",
        "expires",
    }
)
_NAMED = re.compile(r"\{([a-z_]{1,40})\}")
MICROS = 1_000_000


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def phrase(table: str, name: str, locale: str, /, **values: object) -> str:
    """Return the words for a name in a language, or in English where it has none."""
    words = _tables()[table].get(name, {})
    return fill(words.get(locale) or words.get("en") or name, {key: str(value) for key, value in values.items()})


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace `{name}` by its value, once: what a value holds is never read again. Unknown names stay as they are."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), text)


def check_text(text: str, field: str) -> str:
    """Return a text whose placeholders are all known.

    Raises:
        Invalid: it names another placeholder.
    """
    unknown = sorted(set(_NAMED.findall(text)) - PLACEHOLDERS)
    if unknown:
        known = ", ".join(sorted(PLACEHOLDERS))
        raise Invalid(f"There is no placeholder {{{unknown[0]}}}. Known are: {known}.", extra={"field": field})
    return text


def channel(name: str, locale: str) -> str:
    """Return a channel in words: `Our website and shop: product pages`."""
    root, _, part = name.partition(".")
    whole = phrase("channels", root, locale)
    return f"{whole}: {phrase('parts', part, locale)}" if part else whole


def place(code: str, locale: str) -> str:
    """Return a place in words; codes without a name stay as they are."""
    return phrase("places", code, locale) if code in _tables()["places"] else world_atlas().name(code)


def edit(name: str, locale: str) -> str:
    """Return an edit in words."""
    return phrase("edits", name, locale)


def day(value: date, locale: str) -> str:
    """Return a day in figures as the language writes it; ISO where the order could be mistaken."""
    return value.strftime({"de": "%d.%m.%Y", "es": "%d/%m/%Y", "fr": "%d/%m/%Y"}.get(locale, "%Y-%m-%d"))


def term(window: Mapping[str, Any], locale: str) -> str:
    """Return a term in words: `12 months from the day you agree, until 2027-06-30 at the latest`."""
    start = day(date.fromisoformat(window["start"]), locale) if window.get("start") else ""
    begins = phrase("triggers", window["trigger"], locale, start=start)
    count = window.get("count")
    length = phrase("units", window.get("unit", "months"), locale, count=count) if count else ""
    last = window.get("until")
    until = phrase("phrases", "until", locale, until=day(date.fromisoformat(last), locale)) if last else ""
    ends = phrase("phrases", "perpetual", locale) if not count and not last else ""
    first = f"{length} {begins}" if length else begins
    return ", ".join(part for part in (first, until, ends) if part)


def money(micros: int, currency: str) -> str:
    """Return an amount in whole and hundredth units: `1,250.00 EUR`."""
    return f"{micros / MICROS:,.2f} {currency}"


def fee(scope: Mapping[str, Any], locale: str) -> str:
    """Return the fee in words."""
    if not scope["fee_micros"]:
        return phrase("phrases", "no_fee", locale)
    amount = money(scope["fee_micros"], scope["currency"])
    return phrase("phrases", f"fee_{scope['fee_due']}", locale, amount=amount)


def spoken(scope: Mapping[str, Any], locale: str) -> dict[str, str]:
    """Return the values of the placeholders that a scope fills."""
    edits = "; ".join(edit(one, locale) for one in scope["edits"])
    return {
        "channels": "; ".join(channel(one, locale) for one in scope["channels"]),
        "territories": ", ".join(place(one, locale) for one in scope["territories"]),
        "term": term(scope["window"], locale),
        "edits": edits or phrase("phrases", "no_edits", locale),
        "products": ", ".join(scope["products"]) or phrase("phrases", "all_products", locale),
        "exclusivity": phrase("phrases", "exclusive" if scope["exclusive"] else "not_exclusive", locale),
        "fee": fee(scope, locale),
        "likeness": phrase("phrases", "seen" if scope["likeness"] else "not_seen", locale),
        "credit": phrase("phrases", "credited" if scope["credit"] else "not_credited", locale),
    }
