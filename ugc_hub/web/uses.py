"""The use that somebody states: in a query or a form, remembered in a cookie, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import request
from werkzeug.wrappers import Response

from ugc_hub.errors import HubError, Invalid
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.wording import channel_name, place_names
from ugc_hub.rights import Decision, standard

from .context import identity, the_hub

COOKIE = "use"
FIELDS = ("use_channel", "use_territories", "use_products", "use_from", "use_until")
REMEMBERED_S = 180 * 86400


def door() -> str:
    """Return the exit that the ledger names: a person at a page, or a program."""
    who = identity()
    return "download" if who is not None and who.how == "session" else "api"


def words_in(text: str) -> tuple[str, ...]:
    """Return the single words of a list written with commas or blanks."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def read(plain: Mapping[str, str]) -> StatedUse:
    """Return the use that a form states; dates are days in UTC, and the last day is part of the time.

    Raises:
        Invalid: a date is none.
    """
    return StatedUse(
        channel=plain.get("use_channel", "").strip()[:60] or None,
        territories=tuple(word.upper() for word in words_in(plain.get("use_territories", "")[:2000])),
        products=words_in(plain.get("use_products", "")[:2000]),
        starts_at=_day(plain.get("use_from", ""), "use_from"),
        ends_at=_day(plain.get("use_until", ""), "use_until", after=1),
    )


def _day(text: str, name: str, after: int = 0) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()) + timedelta(days=after)
    except (ValueError, OverflowError) as error:
        raise Invalid("Give a day, such as 2026-12-31.", extra={"field": name}) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def fields(stated: StatedUse) -> dict[str, str]:
    """Return the fields of a form that states this use; empty ones are left out."""
    until = stated.ends_at - timedelta(days=1) if stated.ends_at else None
    plain = {
        "use_channel": stated.channel or "",
        "use_territories": ", ".join(stated.territories),
        "use_products": ", ".join(stated.products),
        "use_from": f"{stated.starts_at:%Y-%m-%d}" if stated.starts_at else "",
        "use_until": f"{until:%Y-%m-%d}" if until else "",
    }
    return {name: value for name, value in plain.items() if value}


def query(stated: StatedUse) -> dict[str, str]:
    """Return the parameters of an address of the API that state this use."""
    plain = {
        "channel": stated.channel,
        "territories": ",".join(stated.territories),
        "products": ",".join(stated.products),
        "starts_at": stated.starts_at and stated.starts_at.isoformat(),
        "ends_at": stated.ends_at and stated.ends_at.isoformat(),
    }
    return {name: value for name, value in plain.items() if value}


def asked() -> tuple[StatedUse, str]:
    """Return the use that the page is about, and what is wrong with it: as the address states it, else as it was last.

    What was stated and is no use counts as nothing stated; what was remembered and is over is forgotten.
    """
    stated = "use" in request.values
    kept = parse_qs(request.cookies.get(COOKIE, "")[:4000], max_num_fields=50) if not stated else {}
    try:
        found = read(request.values if stated else {name: values[0] for name, values in kept.items()})
        found.use(the_hub(), found.channel or "internal")
    except Invalid as error:
        return StatedUse(), error.message if stated else ""
    except ValueError:
        return StatedUse(), ""
    return found, ""


def current() -> StatedUse:
    """Return the use that a form states, else the one that was stated last.

    Raises:
        Invalid: what the form states is no use.
    """
    found, problem = asked()
    if problem:
        raise Invalid(problem, extra={"field": "use"})
    return found


def remember(response: Response, stated: StatedUse) -> None:
    """Keep the use for the next page, in the browser of the person."""
    secure = the_hub().settings.address.startswith("https://")
    response.set_cookie(
        COOKIE, urlencode(fields(stated)), max_age=REMEMBERED_S, secure=secure, httponly=True, samesite="Lax"
    )


def shown(stated: StatedUse, problem: str = "") -> dict[str, Any]:
    """Return what the form "Where will it be used?" needs."""
    names = [(name, channel_name(name)) for name in standard().channels]
    places = ", ".join(stated.territories or tuple(the_hub().settings.territories))
    return {
        "use": fields(stated),
        "use_api": api(stated),
        "use_channels": names,
        "use_places": places,
        "use_problem": problem,
        "use_words": in_words(stated),
    }


def api(stated: StatedUse) -> dict[str, Any]:
    """Return the use in the shape that the API takes."""
    plain = {
        "channel": stated.channel,
        "territories": list(stated.territories),
        "products": list(stated.products),
        "starts_at": stated.starts_at and stated.starts_at.isoformat(),
        "ends_at": stated.ends_at and stated.ends_at.isoformat(),
    }
    return {name: value for name, value in plain.items() if value}


def in_words(stated: StatedUse, channels: str = "") -> str:
    """Return the use in a line: `e-mail · US, CA · until 31 Dec 2026`; `channels` where none is stated."""
    places = stated.territories or tuple(the_hub().settings.territories)
    words = [channel_name(stated.channel) if stated.channel else channels or "where each format belongs"]
    words.append("worldwide" if places == ("WORLD",) else place_names(places))
    if stated.starts_at:
        words.append(f"from {stated.starts_at.day} {stated.starts_at:%b %Y}")
    if stated.ends_at:
        words.append(f"until {last_day(stated.ends_at)}")
    if stated.products:
        words.append(", ".join(stated.products))
    return " · ".join(words)


def last_day(valid_until: datetime) -> str:
    """Return the last day on which something may be used: `31 Dec 2026`."""
    last = valid_until.astimezone(UTC) - timedelta(microseconds=1)
    return f"{last.day} {last:%b %Y}"


def offer(answer: Decision | HubError) -> dict[str, Any]:
    """Return what a page shows of a file: until when it may be used, or why not."""
    if isinstance(answer, HubError):
        return {"allowed": False, "why": answer.message, "next_step": ""}
    if not answer.allowed:
        first = answer.reasons[0]
        return {"allowed": False, "why": first.sentence, "next_step": first.next_step}
    until = f"may be used until {last_day(answer.valid_until)}" if answer.valid_until else ""
    return {"allowed": True, "until": until, "duties": len(answer.duties)}
