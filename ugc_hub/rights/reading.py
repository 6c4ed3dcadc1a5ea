"""Reading: records from JSON values, in the form of the case file; whatever is absent is not granted or not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast

from ugc_hub.rights.facts import AssetFacts, Person
from ugc_hub.rights.grants import Duty, Grant, Phase, Revocation, WindDown, grant_of
from ugc_hub.rights.questions import Malformed
from ugc_hub.rights.requests import Request
from ugc_hub.rights.vocabulary import Vocabulary, standard

Plain = Mapping[str, Any]
_BEFORE = {"approval", "pay"}
"""Duties that come before publishing where nothing is said."""
_PHASES = {"pre", "during", "post"}
_SIGNER = ("signed_by_role", "signed_by", "signer_role", "signer")
_GUARDIAN = ("guardian_signed", "signed_by_guardian", "guardian")
_REVOKED = ("revocation", "revocations")
_UNCAPPED = {
    *("id", "effect", "layer", "subject", "assets", "state", "grantee", "sublicense_to", "channels", "territories"),
    *("exclude_territories", "starts_at", "ends_at", "perpetual", "products", "edits", "evidence_level", "evidence_ok"),
    *("signed_at", "signed_by_role", "duties", "exclusive", "supersedes", "wind_down", "vocab_version", "future_media"),
}
"""What most grants consist of: where there is no other member there is no limit, and no name has to be looked at."""
_OBJECT = (dict, Mapping)
"""The usual type comes first: asking an abstract one takes longer than everything else that is asked of a value."""
_SEVERAL = (list, tuple, set, frozenset)
_EMPTY = frozenset[str]()
_SETS = 2048
"""How many sets of words are kept: the same channels, places and edits are agreed again and again."""


def read_instant(value: object, field: str = "instant") -> datetime | None:
    """Read an ISO 8601 instant; one without an offset stays naive. None stays None.

    Raises:
        Malformed: it is no instant of the calendar.
    """
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise Malformed(field)
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is UTC or instant.utcoffset() is None:
            return instant
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(field) from error


def write_instant(instant: datetime | None) -> str | None:
    """Write an aware instant in UTC with `Z`, without the zeros of a fraction. None stays None."""
    return None if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_request(plain: Plain) -> Request:
    """Read one request.

    Raises:
        Malformed: a value has another type.
    """
    territories = _list(plain, "territories")
    return Request(
        asset=_text(plain, "asset") or "",
        channel=_text(plain, "channel") or "",
        parties=_values(plain, "party") or _values(plain, "parties") or frozenset(),
        at=read_instant(plain.get("at"), "at"),
        starts_at=read_instant(plain.get("from"), "from"),
        ends_at=read_instant(plain.get("to"), "to"),
        territories=tuple(territories or ()),
        edits=_values(plain, "edits") or frozenset(),
        products=_values(plain, "product") or _values(plain, "products") or frozenset(),
        operation=_text(plain, "operation") or "publish",
        ingredients=tuple(_ids(plain, "ingredients")),
        beds=tuple(_ids(plain, "beds")),
        keeps_sound=_truth(plain, "keeps_sound") is True,
        now=read_instant(plain.get("now"), "now"),
        duty_state={str(name): done is True for name, done in _mapping(plain, "duty_state").items()},
    )


def read_facts(plain: Plain) -> AssetFacts:
    """Read the rights facts of one asset.

    Raises:
        Malformed: a value has another type.
    """
    music = _mapping(plain, "music")
    things = _mapping(plain, "property")
    return AssetFacts(
        id=_text(plain, "id") or "",
        kind=_text(plain, "kind") or "image",
        status=_text(plain, "status") or "pending_review",
        digital_source_type=_text(plain, "digital_source_type"),
        has_audio=_truth(plain, "has_audio"),
        is_testimonial=_truth(plain, "is_testimonial"),
        compensation=_text(plain, "compensation") or "unknown",
        people=_people(_mapping(plain, "people")),
        properties=_listed(tuple(_ids(things, "items")), things),
        music=_text(music, "state") or "unknown",
        tracks=tuple(_ids(music, "items")),
        ingredients=tuple(_ids(plain, "ingredients")),
        edits=_values(plain, "edits") or frozenset(),
    )


def read_grant(plain: Plain, vocabulary: Vocabulary | None = None) -> Grant:
    """Read one grant and expand its groups of countries as of the day on which it was signed.

    Raises:
        Malformed: a value has another type, or an instant has no offset.
    """
    words = vocabulary or standard()
    signed_at = read_instant(plain.get("signed_at"), "grant")
    day = signed_at.date() if signed_at else None
    limits = () if plain.keys() <= _UNCAPPED else [name for name in plain if name[:4] == "max_"]
    caps = {name[4:]: _number(plain, name) for name in limits if plain[name] is not None}
    try:
        return grant_of(
            {
                "id": _text(plain, "id") or "",
                "effect": _text(plain, "effect") or "prohibit",
                "layer": _text(plain, "layer") or "copyright",
                "subject": _text(plain, "subject"),
                "assets": _values(plain, "assets"),
                "state": _text(plain, "state") or "draft",
                "grantees": _values(plain, "grantee"),
                "sublicensees": _values(plain, "sublicense_to"),
                "channels": _values(plain, "channels"),
                "territories": _places(plain, "territories", day, words),
                "excluded_territories": _places(plain, "exclude_territories", day, words) or _EMPTY,
                "starts_at": read_instant(plain.get("starts_at"), "grant"),
                "ends_at": read_instant(plain.get("ends_at"), "grant"),
                "perpetual": plain.get("perpetual") is True,
                "products": _values(plain, "products"),
                "edits": _values(plain, "edits"),
                "evidence_level": _number(plain, "evidence_level"),
                "evidence_ok": plain.get("evidence_ok") is True,
                "signed_at": signed_at,
                "signed_by_role": _signer(plain),
                "duties": tuple([_duty(one) for one in _objects(plain, "duties")]),
                "exclusive": _truth(plain, "exclusive") is True,
                "supersedes": _values(plain, "supersedes") or _EMPTY,
                "revocations": tuple([_revocation(one, day, words) for one in _revocations(plain)]),
                "caps": caps,
                "counters": {name: _number(plain, name) for name in caps if plain.get(name) is not None},
                "wind_down": _wind_down(plain.get("wind_down")),
                "vocabulary_version": _number(plain, "vocab_version", 1),
                "future_media": plain.get("future_media") is True,
            }
        )
    except Malformed:
        raise
    except ValueError as error:  # an instant without offset
        raise Malformed("grant") from error


def unread(plain: Plain) -> list[str]:
    """Return the members of a grant that `read_grant` takes no notice of, but for notes: slips of the pen, mostly."""
    known = {*_UNCAPPED, *_SIGNER, *_GUARDIAN, *_REVOKED, "note", "comment"}
    other = (name for name in plain if name not in known and not name.startswith(("max_", "_")))
    return [name for name in other if f"max_{name}" not in plain]


def _signer(plain: Plain) -> str | None:
    if not plain.keys().isdisjoint(_GUARDIAN) and any(plain.get(name) is True for name in _GUARDIAN):
        return "guardian"
    for name in _SIGNER:
        if plain.get(name) is not None:
            return _text(plain, name)
    return None


def _duty(plain: Plain) -> Duty:
    name = _text(plain, "duty")
    if not name:
        raise Malformed("duty")
    phase = _text(plain, "phase") or ("pre" if name in _BEFORE else "during")
    if phase not in _PHASES:
        raise Malformed("duty")
    details = dict(plain)
    del details["duty"]
    details.pop("phase", None)
    return Duty(name, cast(Phase, phase), details)


def _revocations(plain: Plain) -> list[Plain]:
    if plain.keys().isdisjoint(_REVOKED):
        return []
    one = plain.get("revocation")
    return _objects({"revocation": [one] if one is not None else []}, "revocation") + _objects(plain, "revocations")


def _revocation(plain: Plain, day: date | None, words: Vocabulary) -> Revocation:
    return Revocation(
        read_instant(plain.get("effective_at"), "revocation"),
        _text(plain, "basis") or "",
        _values(plain, "channels"),
        _places(plain, "territories", day, words),
    )


def _wind_down(plain: object) -> WindDown | None:
    if plain is None:
        return None
    if not isinstance(plain, Mapping):
        raise Malformed("wind_down")
    mode = plain.get("mode")
    if mode not in ("may_remain", "grace"):
        return None  # the default: take down
    return WindDown(mode, _number(plain, "days"), _values(plain, "channels") or frozenset())


def _people(plain: Plain) -> tuple[Person, ...] | None:
    persons = [one if isinstance(one, Mapping) else {"id": one} for one in _list(plain, "items", object) or ()]
    read = tuple(Person(_text(one, "id") or "", _adult(one)) for one in persons)
    return _listed(read, plain)


def _adult(plain: Plain) -> bool | None:
    return _truth(plain, "adult") if "adult" in plain else _truth(plain, "is_adult")


def _listed(items: tuple[Any, ...], plain: Plain) -> tuple[Any, ...] | None:
    """Items where there are any; nothing only where somebody said so; a list without items answers nothing."""
    return items or (() if plain.get("state") == "none" else None)


def _places(plain: Plain, name: str, day: date | None, words: Vocabulary) -> frozenset[str] | None:
    codes = _values(plain, name)
    if codes is None:
        return None
    return _expanded(codes, day) if words is standard() else words.atlas.expand(codes, day)


@lru_cache(maxsize=_SETS)
def _expanded(codes: frozenset[str], day: date | None) -> frozenset[str]:
    return standard().atlas.expand(codes, day)


def _ids(plain: Plain, name: str) -> Iterable[str]:
    for one in _list(plain, name, object) or ():
        value = (one.get("id") or one.get("asset")) if isinstance(one, Mapping) else one
        if not isinstance(value, str):
            raise Malformed(name)
        yield value


def _values(plain: Plain, name: str) -> frozenset[str] | None:
    found = plain.get(name)
    if found is None:
        return None
    try:
        return _set(tuple(found if type(found) is list else _list(plain, name) or ()))
    except TypeError as error:
        raise Malformed(name) from error


@lru_cache(maxsize=_SETS)
def _set(words: tuple[object, ...]) -> frozenset[str]:
    if not all(isinstance(word, str) for word in words):
        raise TypeError("a set of words holds text only")
    return frozenset(cast(tuple[str, ...], words))


def _list(plain: Plain, name: str, kind: type | tuple[type, ...] = str) -> list[Any] | None:
    value = plain.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, _SEVERAL):
        raise Malformed(name)
    for one in value:
        if not isinstance(one, kind):
            raise Malformed(name)
    return list(value)


def _objects(plain: Plain, name: str) -> list[Plain]:
    return _list(plain, name, _OBJECT) or []


def _mapping(plain: Plain, name: str) -> Plain:
    value = plain.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Malformed(name)
    return value


def _text(plain: Plain, name: str) -> str | None:
    value = plain.get(name)
    if value is not None and not isinstance(value, str):
        raise Malformed(name)
    return value


def _truth(plain: Plain, name: str) -> bool | None:
    value = plain.get(name)
    if value is not None and not isinstance(value, bool):
        raise Malformed(name)
    return value


def _number(plain: Plain, name: str, default: int = 0) -> int:
    value = plain.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(name)
    return value
