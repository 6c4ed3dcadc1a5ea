"""Forms of uses: what a page sends as fields, and what permission is asked for with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub.errors import Invalid
from ugc_hub.permissions import wording
from ugc_hub.rights import standard

from .context import the_hub

LARGEST_FILE_BYTES = 25_000_000
MICROS = 1_000_000
Form = MultiDict[str, str]


def choices() -> dict[str, Any]:
    """Return what the form of uses offers, in words."""
    words = standard()
    return {
        "channels": {name: _said(name) for name in words.channels},
        "edits": {"any_edit": wording.edit("any_edit", "en")}
        | {name: wording.edit(name, "en") for name in (*sorted(words.editorial), *sorted(words.ai))},
        "places": ", ".join(the_hub().settings.territories),
        "zones": sorted(available_timezones()),
        "locales": wording.LOCALES,
    }


def _said(channel: str) -> str:
    """Return a channel in words to those who ask; to creators the same is said of "your own account"."""
    return wording.channel(channel, "en").replace("your own account", "the creator's account")


def read_scope(form: Form) -> dict[str, Any]:
    """Return the scope that a form of uses holds; what it means is checked by `permissions`.

    Raises:
        Invalid: a number or an amount is none.
    """
    window: dict[str, Any] = {"trigger": "signature", "zone": form.get("zone") or "UTC"}
    if form.get("length") == "perpetual":
        window["perpetual"] = True
    elif form.get("length") == "until":
        window["until"] = form.get("until", "")
    else:
        window |= {"count": number(form, "months"), "unit": "months"}
    return {
        "channels": form.getlist("channels"),
        "territories": words_of(form.get("territories", "")),
        "edits": form.getlist("edits"),
        "products": words_of(form.get("products", "")),
        "window": window,
        "exclusive": form.get("exclusive") == "1",
        "likeness": form.get("likeness") == "1",
        "credit": form.get("credit") == "1",
        "fee_micros": amount(form, "fee"),
        "currency": form.get("currency", "").strip().upper(),
        "fee_due": form.get("fee_due") or "before_use",
        **({"notice_days": number(form, "notice_days")} if form.get("notice_days") else {}),
    }


def words_of(text: str) -> list[str]:
    """Return what stands between commas or line ends."""
    return [one.strip() for one in text.replace("\n", ",").split(",") if one.strip()]


def number(form: Form, name: str) -> int:
    """Return a whole number.

    Raises:
        Invalid: it is none.
    """
    text = form.get(name, "").strip()
    if not text.isdecimal() or len(text) > 9:
        raise Invalid("Give a whole number.", extra={"field": name})
    return int(text)


def amount(form: Form, name: str) -> int | None:
    """Return an amount of money in millionths; None where none was given.

    Raises:
        Invalid: it is none.
    """
    text = form.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = Decimal(text)
        if not value.is_finite() or not 0 <= value < 10**9:
            raise Invalid("An amount is a number such as 49.90.", extra={"field": name})
    except InvalidOperation as error:
        raise Invalid("An amount is a number such as 49.90.", extra={"field": name}) from error
    return int(value * MICROS)


def day(form: Form, name: str) -> date | None:
    """Return a day; None where none was given.

    Raises:
        Invalid: it is none.
    """
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("Give a day such as 2026-12-31.", extra={"field": name}) from error


def instant(form: Form, name: str) -> datetime:
    """Return the begin of a day in UTC; that of today where none was given.

    Raises:
        Invalid: it is no day.
    """
    return datetime.combine(day(form, name) or the_hub().now().date(), time(), UTC)


def file_of(name: str) -> tuple[bytes, str]:
    """Return the bytes and the type of a file that a form sent; empty where none was chosen.

    Call `large_form` before the form is read.
    """
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        return b"", ""
    try:
        return sent.read(), sent.mimetype
    finally:
        sent.close()


def large_form() -> None:
    """Let this form hold a file of up to 25 MB."""
    request.max_content_length = LARGEST_FILE_BYTES


def done(endpoint: str, **values: Any) -> BaseResponse:
    """Go on to a page, whether a script or the browser itself sent the form."""
    goal = url_for(endpoint, **values)
    if request.headers.get("HX-Request") != "true":
        return redirect(goal, 303)
    response = Response(status=204)
    here, there = urlsplit(request.headers.get("HX-Current-URL", "")), urlsplit(goal)
    if there.fragment and (here.path, here.query) == (there.path, there.query):
        response.headers["HX-Refresh"] = "true"  # going to another place of the same page loads nothing
    else:
        response.headers["HX-Redirect"] = goal
    return response
