"""Numbers, times and codes in plain words, for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask
from markupsafe import Markup

from ugc_hub.catalog import CUSTOM
from ugc_hub.licensing.wording import channel_name, channel_names, edit_name, place_names
from ugc_hub.search.shapes import together

LEAD = 12
"""Characters before what was found, where there is little room."""
KINDS = {"image": "Photo", "animation": "Animation", "video": "Video"}
CHANNELS = {"ads": "Ads", "email": "E-mail", "web": "Website", "organic": "Organic", "print": "Print"}
STATES = {
    "received": "Being measured",
    "ready": "Ready",
    "refused": "Refused",
    "queued": "Waiting",
    "running": "Running",
    "succeeded": "Done",
    "done": "Done",
    "failed": "Failed",
    "dead": "Gave up",
    "cancelled": "Cancelled",
    "warned": "Ready, with a warning",
}


FACETS = {
    "usable": "Can be used in",
    "kind": "Kind",
    "creator": "Creator",
    "campaign": "Campaign",
    "tag": "Tag",
    "orientation": "Shape",
    "colour": "Colour",
    "status": "Status",
    "niche": "Niche",
}
VALUES = {
    ("kind", "image"): "Photos",
    ("kind", "animation"): "Animations",
    ("kind", "video"): "Videos",
    ("status", "received"): "Being measured",
    ("status", "pending_review"): "To review",
    ("status", "active"): "Reviewed",
    ("status", "hold"): "On hold",
    ("status", "taken_down"): "Taken down",
}
SORTS = {
    "relevance": "Best match",
    "newest": "Newest",
    "oldest": "Oldest",
    "expiring": "Rights end soonest",
    "performance": "Performance",
    "random": "By chance",
}


ALERTS = {"none": "No", "hub": "In the list of searches", "mail": "In the list and by e-mail"}


def size(count: int | None) -> str:
    """Return bytes in decimal units, as platforms state their limits: `830 KB`, `3.1 MB`."""
    if count is None:
        return ""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("KB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def duration(seconds: float | None) -> str:
    """Return seconds as a clock: `0:07`, `12:30`, `1:02:03`."""
    if seconds is None:
        return ""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(value: datetime | None) -> str:
    """Return a time as `23 Nov 2026, 18:05 UTC`."""
    return f"{value.day} {value:%b %Y, %H:%M} UTC" if value else ""


def stated(text: str) -> str:
    """Return a time as a file states it (`2008-09-20T09:01:07`) as `20 Sep 2008, 09:01`; other text as it is."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = "" if value.tzinfo is None else f" {value:UTC%z}".replace("UTC+0000", "UTC")
    return f"{value.day} {value:%b %Y, %H:%M}{zone}"


def ratio(width: int | None, height: int | None) -> str:
    """Return the shape in words that people use: `4:5 portrait`, `3:2 landscape`, `square`."""
    if not width or not height:
        return ""
    if abs(width / height - 1) < 0.01:
        return "square"
    known = ((16, 9), (3, 2), (4, 3), (5, 4), (2, 1), (21, 9), (191, 100))
    direction = "landscape" if width > height else "portrait"
    long, short = max(width, height), min(width, height)
    for a, b in known:
        if abs(long / short - a / b) < 0.012 * a / b:
            first, second = ("1.91", "1") if a == 191 else (str(a), str(b))
            return f"{first}:{second} landscape" if width > height else f"{second}:{first} portrait"
    return direction


def capital(text: str) -> str:
    """Return the text with a capital at its beginning; the rest stays as it is, as in `e-mail by AI`."""
    return text[:1].upper() + text[1:]


def marked(text: str, spans: Iterable[tuple[int, int]] | None = None) -> Markup:
    """Return a text, escaped, with some of its characters marked; the spans are in order and apart."""
    parts, last = Markup(), 0
    for start, end in spans or ():
        parts += Markup("{}<mark>{}</mark>").format(text[last:start], text[start:end])
        last = end
    return parts + text[last:]


def led(words: str, spans: Sequence[tuple[int, int]]) -> Markup:
    """Return an excerpt in which what was found stands near the beginning, for places of a few words."""
    first = spans[0][0] if spans else 0
    if first <= LEAD:
        return marked(words, spans)
    blank = words.find(" ", first - LEAD, first)  # scripts without blanks are cut where it is
    start = blank + 1 if blank >= 0 else first - LEAD
    return "…" + marked(words[start:], [(begin - start, end - start) for begin, end in spans])


def value(facet: str, name: str) -> str:
    """Return a value of a facet of the search in words."""
    if facet == "usable":
        return capital(channel_name(name))
    if facet == "creator":
        return f"@{name}"
    if facet.startswith(CUSTOM) and name in ("yes", "no"):
        return capital(name)
    return VALUES.get((facet, name)) or (capital(name) if facet in ("orientation", "colour") else name)


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 photo`, `2 photos`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def register(app: Flask) -> None:
    """Make the words known to the templates."""
    tables: dict[str, Any] = {"KINDS": KINDS, "CHANNELS": CHANNELS, "STATES": STATES}
    tables |= {"FACETS": FACETS, "SORTS": SORTS, "ALERTS": ALERTS}
    app.jinja_env.filters.update(
        size=size, duration=duration, moment=moment, capital=capital, marked=marked, led=led, together=together
    )
    app.jinja_env.filters.update(channel_names=channel_names, edit_name=edit_name, place_names=place_names)
    app.jinja_env.globals.update(ratio=ratio, count=count, facet_value=value, **tables)
