"""The form of a grant: what it holds becomes the plain form, and the plain form fills it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from werkzeug.datastructures import MultiDict

from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Told, sentence_of
from ugc_hub.licensing.giving import Given

TRIGGERS = (
    ("date", "on a date"),
    ("signature", "when it is signed"),
    ("delivery", "when an asset is delivered"),
    ("first_publication", "when an asset is first published"),
)
UNITS = (("days", "days"), ("weeks", "weeks"), ("months", "months"), ("years", "years"))
CAPS = (
    ("uses", "Uses"),
    ("placements", "Placements"),
    ("impressions", "Impressions"),
    ("spend_micros", "Spend"),
)
MICROS = 1_000_000
Form = MultiDict[str, str]


def _codes(form: Form, name: str) -> list[str]:
    """Codes of a field that is written by hand, parted by commas or blanks."""
    text = " ".join(form.getlist(name)).replace(",", " ")
    return list(dict.fromkeys(text.upper().split()))


def _number(form: Form, name: str) -> int | None:
    text = form.get(name, "").strip().replace(" ", "").replace(",", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Invalid("Write a whole number, or leave the field empty.", extra={"field": name})
    return int(text)


def _day(form: Form, name: str) -> str | None:
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise Invalid("Write the day as 2026-06-30.", extra={"field": name}) from error


def window_of(form: Form) -> dict[str, Any]:
    """Return the term of the form in the contract's words.

    Raises:
        Invalid: a day or a number is none.
    """
    plain: dict[str, Any] = {
        "trigger": form.get("trigger", "date"),
        "start": _day(form, "start"),
        "count": _number(form, "count"),
        "unit": form.get("unit", "months"),
        "until": _day(form, "until"),
        "zone": form.get("zone", "").strip() or None,
    }
    endless = form.get("perpetual") == "1" and plain["count"] is None and plain["until"] is None
    kept = {name: value for name, value in plain.items() if value is not None}
    return {**kept, **({"perpetual": True} if endless else {})}


def _duties(form: Form) -> list[dict[str, Any]]:
    credit, inform = form.get("credit", "").strip(), form.get("inform", "").strip()
    found: list[dict[str, Any]] = []
    if credit:
        found.append({"duty": "credit", "phase": "during", "text": credit[:300]})
    if form.get("approval") == "1":
        found.append({"duty": "approval", "phase": "pre"})
    if form.get("pay") == "1":
        found.append({"duty": "pay", "phase": "pre"})
    if inform:
        found.append({"duty": "inform", "phase": "post", "text": inform[:300]})
    return found


def _signed(form: Form) -> str | None:
    day = _day(form, "signed_on")
    return datetime.combine(date.fromisoformat(day), time(), UTC).isoformat() if day else None


def plain_of_form(form: Form, party: str) -> dict[str, Any]:
    """Return the plain form of the grant that the form describes.

    Raises:
        Invalid: a day or a number is none.
    """
    permits = form.get("effect", "permit") == "permit"
    caps = {f"max_{name}": _number(form, f"max_{name}") for name, _ in CAPS}
    money = caps["max_spend_micros"]
    caps["max_spend_micros"] = None if money is None else money * MICROS
    products = [one.strip() for one in form.get("products", "").split(",") if one.strip()]
    plain: dict[str, Any] = {
        "effect": "permit" if permits else "prohibit",
        "layer": form.get("layer", "copyright"),
        "subject": form.get("subject", "").strip() or None,
        "grantee": [party],
        "channels": form.getlist("channel") or None,
        "territories": [*form.getlist("territory"), *_codes(form, "territories")] or None,
        "exclude_territories": _codes(form, "exclude_territories"),
        "edits": form.getlist("edit") or None,
        "products": products or (["*"] if permits else None),
        "duties": _duties(form),
        "exclusive": form.get("exclusive") == "1",
        "evidence_level": _number(form, "evidence_level") or 0,
        "signed_at": _signed(form),
        "signed_by_role": form.get("signed_by_role") or None,
        "future_media": form.get("future_media") == "1",
        "vocab_version": 2,
        "note": form.get("note", "").strip()[:1000],
        **{name: value for name, value in caps.items() if value is not None},
        **{name.removeprefix("max_"): 0 for name, value in caps.items() if value is not None},
    }
    window = window_of(form)
    if permits or len(window) > 2 or "start" in window or "until" in window:
        plain["window"] = window
    rest = form.get("wind_down", "")
    if rest in ("may_remain", "grace"):
        days = _number(form, "wind_down_days") or 0
        plain["wind_down"] = {"mode": rest, "days": days, "channels": form.getlist("channel")}
    return {name: value for name, value in plain.items() if value is not None}


def given_of_form(form: Form, party: str) -> Given:
    """Return the grant of the form with its assets and its agreement.

    Raises:
        Invalid: a day or a number is none, or no asset is named.
    """
    plain = plain_of_form(form, party)
    assets = tuple(dict.fromkeys(form.getlist("asset")))
    if not assets and form.get("reach") != "all":
        raise Invalid("Choose the assets that it is about.", extra={"field": "asset"})
    kinds = {"likeness": "model_release", "property": "property_release", "music": "music_licence"}
    kinds |= {"platform": "platform_authorisation"}
    agreed = Agreed(
        "policy" if plain["effect"] == "prohibit" else kinds.get(plain["layer"], "licence"),
        title=form.get("title", "").strip(),
        licensor=form.get("licensor", "").strip(),
        zone=form.get("zone", "").strip() or None,
        revocable=form.get("revocable", "no"),
        notice_days=_number(form, "notice_days") or 0,
        signed_at=datetime.fromisoformat(plain["signed_at"]) if plain.get("signed_at") else None,
        signed_by_role=plain.get("signed_by_role"),
    )
    return Given(plain, None if form.get("reach") == "all" else assets, agreed, form.get("text", "").strip())


def read_back(hub: Hub, form: Form) -> str:
    """Return the form in one sentence.

    Raises:
        Invalid: it describes no grant.
    """
    plain = plain_of_form(form, hub.settings.party)
    count = None if form.get("reach") == "all" else len(set(form.getlist("asset")))
    told = Told(form.get("licensor", "").strip(), "", form.get("subject_name", "").strip(), count)
    return sentence_of(hub, plain, told)


def form_of(terms: Mapping[str, Any]) -> Form:
    """Return the form that describes the terms of a grant; `plain_of_form` of it says the same."""
    window = dict(terms.get("window") or {})
    duties = {duty["duty"]: duty for duty in terms.get("duties") or ()}
    filled: list[tuple[str, str]] = [
        *(("channel", one) for one in terms.get("channels") or ()),
        *(("territory", one) for one in terms.get("territories") or ()),
        *(("edit", one) for one in terms.get("edits") or ()),
        ("exclude_territories", ", ".join(terms.get("exclude_territories") or ())),
        ("products", ", ".join(one for one in terms.get("products") or () if one != "*")),
        ("credit", str(duties.get("credit", {}).get("text", ""))),
        ("inform", str(duties.get("inform", {}).get("text", ""))),
        ("signed_on", ""),
    ]
    if not window:
        filled += [
            ("start", str(terms.get("starts_at") or "")[:10]),
            ("until", _last_day(terms.get("ends_at"))),
            ("zone", "UTC"),
        ]
        filled += [("perpetual", "1")] if terms.get("perpetual") else []
    for name, value in window.items():
        filled.append((name, "1" if value is True else str(value)))
    for name in ("effect", "layer", "subject", "evidence_level", "signed_by_role"):
        filled.append((name, str(terms.get(name) or "")))
    for name in ("exclusive", "future_media"):
        filled += [(name, "1")] if terms.get(name) else []
    filled += [(name, "1") for name in ("approval", "pay") if name in duties]
    for name, _ in CAPS:
        cap = terms.get(f"max_{name}")
        filled += [(f"max_{name}", str(cap // MICROS if name == "spend_micros" else cap))] if cap is not None else []
    rest = terms.get("wind_down") or {}
    filled += [("wind_down", rest.get("mode", "")), ("wind_down_days", str(rest.get("days") or ""))]
    return MultiDict(filled)


def _last_day(text: Any) -> str:
    """The last day of a term whose end is an instant."""
    if not isinstance(text, str):
        return ""
    end = datetime.fromisoformat(text)
    return (end.date() if end.time() != time() else date.fromordinal(end.date().toordinal() - 1)).isoformat()
