"""Scopes: the uses that are asked for, and what remains of them once somebody narrowed them (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from ugc_hub.errors import Invalid
from ugc_hub.rights import DateRefused, Milestones, Term, Window, resolve, standard

MEMBERS = frozenset(
    {
        "channels",
        "territories",
        "edits",
        "products",
        "window",
        "exclusive",
        "likeness",
        "fee_micros",
        "currency",
        "fee_due",
        "credit",
        "notice_days",
    }
)
FLAGS = ("exclusive", "likeness")
"""What somebody may leave out besides channels, places and edits; `likeness`: that they are seen themselves."""
FEE_DUE = ("before_use", "after_use")
TRIGGERS = ("date", "signature", "delivery", "first_publication")
UNITS = ("days", "weeks", "months", "years")
NOTICE_DAYS = 30
"""After taking a licence back, the days after which it ends, where nobody says so."""
LARGEST_COUNT = 1200
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""A window that can be told on one day can be told on all."""
LARGEST_FEE_MICROS = 10**15
"""A thousand million of any currency: more is a typing error."""


@dataclass(frozen=True)
class Choice:
    """What somebody who is asked leaves of a scope; `until` is the last day, inclusive."""

    channels: tuple[str, ...]
    territories: tuple[str, ...]
    edits: tuple[str, ...] = ()
    exclusive: bool = False
    likeness: bool = False
    until: date | None = None


def everything(asked: Mapping[str, Any]) -> Choice:
    """Return the choice that narrows nothing."""
    return Choice(
        tuple(asked["channels"]),
        tuple(asked["territories"]),
        tuple(asked["edits"]),
        exclusive=asked["exclusive"],
        likeness=asked["likeness"],
    )


def clean_scope(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scope in its one form: known words only, sorted, every member present.

    `channels` are named one by one, never `*`: whoever agrees must see which. `window` is a term in the contract's
    words (see `rights.Window`), days in ISO form. Money is in millionths of `currency` (ISO 4217).

    Raises:
        Invalid: a member is missing, unknown or malformed; `field` names it.
    """
    unknown = sorted(set(plain) - MEMBERS)
    if unknown:
        raise _wrong(unknown[0], f"A request has no member {unknown[0]}.")
    scope = {
        "channels": _words(plain, "channels", needed=True),
        "territories": _words(plain, "territories", needed=True),
        "edits": _words(plain, "edits"),
        "products": _texts(plain.get("products") or []),
        "window": _window(plain.get("window")),
        "exclusive": _flag(plain, "exclusive", default=False),
        "likeness": _flag(plain, "likeness", default=False),
        "credit": _flag(plain, "credit", default=True),
        "notice_days": _notice(plain),
        **_fee(plain),
    }
    if "*" in scope["channels"]:
        raise _wrong("channels", "Name the channels: nobody can agree to what they do not see.")
    return scope


def narrow(asked: Mapping[str, Any], choice: Choice, now: datetime) -> dict[str, Any]:
    """Return what was accepted of a scope: the chosen part of what was asked, and never more.

    Raises:
        Invalid: something was chosen that was not asked for (code `wider_than_asked`), no channel or place is left,
            or the last day is over.
    """
    kept = {name: _part(name, getattr(choice, name), asked[name]) for name in ("channels", "territories", "edits")}
    flags = {name: getattr(choice, name) for name in FLAGS}
    if beyond := [name for name, wanted in flags.items() if wanted and not asked[name]]:
        raise _wider(beyond[0])
    for name in ("channels", "territories"):
        if not kept[name]:
            raise _wrong(name, "Nothing is left. Leave at least one, or decline.")
    return {**asked, **kept, **flags, "window": _shortened(asked["window"], choice.until, now)}


def wider(scope: Mapping[str, Any], asked: Mapping[str, Any], signed_at: datetime) -> list[str]:
    """Name the members in which a scope goes beyond what was asked; the last look before anything is written."""
    found = [name for name in ("channels", "territories", "edits") if not set(scope[name]) <= set(asked[name])]
    found += [name for name in ("products", "credit", "fee_micros", "currency") if scope[name] != asked[name]]
    found += [name for name in FLAGS if scope[name] and not asked[name]]
    mine, theirs = term(scope, signed_at), term(asked, signed_at)
    ends_later = theirs.ends_at is not None and (mine.ends_at is None or mine.ends_at > theirs.ends_at)
    if ends_later or (mine.perpetual and not theirs.perpetual) or mine.starts_at != theirs.starts_at:
        found.append("window")
    return found


def term(scope: Mapping[str, Any], signed_at: datetime) -> Term:
    """Return the term of a scope that is agreed to at an instant."""
    return resolve(read_window(scope["window"]), Milestones(signed_at=signed_at), signed_at)


def read_window(plain: Mapping[str, Any]) -> Window:
    """Return a window of its plain form."""
    days = {name: date.fromisoformat(plain[name]) if plain.get(name) else None for name in ("start", "until")}
    return Window(**{**plain, **days})


def _part(name: str, chosen: Iterable[str], asked: list[str]) -> list[str]:
    kept = sorted(set(chosen))
    if not set(kept) <= set(asked):
        raise _wider(name)
    return kept


def _shortened(window: Mapping[str, Any], until: date | None, now: datetime) -> dict[str, Any]:
    if until is None:
        return dict(window)
    last = min(until, date.fromisoformat(window["until"])) if window.get("until") else until
    shorter = {**window, "until": last.isoformat(), "perpetual": False, "zone": window.get("zone") or "UTC"}
    try:
        ends_at = resolve(read_window(shorter), Milestones(signed_at=now), now).ends_at
    except DateRefused as error:
        raise _wrong("until", str(error)) from error
    if ends_at is not None and ends_at <= now:
        raise _wrong("until", "The last day is over already.")
    return shorter


def _window(plain: Any) -> dict[str, Any]:
    if not isinstance(plain, Mapping) or set(plain) - set(Window.__dataclass_fields__):
        raise _wrong("window", "Say for how long: a number of months, a last day, or without end.")
    window = {name: value for name, value in plain.items() if value not in (None, "", False)}
    window.setdefault("trigger", "signature")
    window.setdefault("zone", "UTC")
    count = window.get("count")
    length = count is None or (isinstance(count, int) and not isinstance(count, bool) and 0 < count <= LARGEST_COUNT)
    if not length or window["trigger"] not in TRIGGERS or window.get("unit", "months") not in UNITS:
        raise _wrong("window", "The term cannot be told from this.")
    if not (count or window.get("until") or window.get("perpetual")):
        raise _wrong("window", "Say for how long: a number of months, a last day, or without end.")
    try:
        read = read_window(window)
        if read.trigger == "date" and read.start is None:
            raise _wrong("window", "Say on which day it starts.")
        resolve(read, Milestones(signed_at=_ANY_DAY), _ANY_DAY)
    except DateRefused as error:
        raise _wrong("window", str(error)) from error
    except (TypeError, ValueError) as error:
        raise _wrong("window", "The term cannot be told from this.") from error
    return window


def _fee(plain: Mapping[str, Any]) -> dict[str, Any]:
    fee, currency, due = plain.get("fee_micros"), plain.get("currency") or "", plain.get("fee_due") or FEE_DUE[0]
    if fee is not None and (isinstance(fee, bool) or not isinstance(fee, int) or not 0 <= fee <= LARGEST_FEE_MICROS):
        raise _wrong("fee_micros", "A fee is a whole number of millionths, such as 50000000 for 50.")
    if not isinstance(currency, str) or (
        fee and not (len(currency) == 3 and currency.isascii() and currency.isupper())
    ):
        raise _wrong("currency", "Name the currency by its three letters, such as EUR.")
    if due not in FEE_DUE:
        raise _wrong("fee_due", f"A fee is due {' or '.join(FEE_DUE)}.")
    return {"fee_micros": fee or None, "currency": currency if fee else "", "fee_due": due}


def _words(plain: Mapping[str, Any], member: str, *, needed: bool = False) -> list[str]:
    values = _texts(plain.get(member) or [], member)
    wrong = standard().unknown(member, frozenset(values))
    if wrong:
        raise _wrong(member, f"The vocabulary does not know {', '.join(wrong)}.")
    if needed and not values:
        raise _wrong(member, f"Choose at least one of the {member}.")
    return values


def _texts(values: Any, member: str = "products") -> list[str]:
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) and 0 < len(one) <= 200 for one in values):
        raise _wrong(member, f"{member.capitalize()} are a list of words.")
    return sorted(set(values))


def _notice(plain: Mapping[str, Any]) -> int:
    days = plain.get("notice_days", NOTICE_DAYS)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 365:
        raise _wrong("notice_days", "A notice is 0 to 365 days long.")
    return days


def _flag(plain: Mapping[str, Any], member: str, *, default: bool) -> bool:
    value = plain.get(member, default)
    if not isinstance(value, bool):
        raise _wrong(member, f"{member} is true or false.")
    return value


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, extra={"field": field})


def _wider(field: str) -> Invalid:
    return Invalid("This is more than what was asked for.", code="wider_than_asked", extra={"field": field})
