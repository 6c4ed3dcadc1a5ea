"""Grants, facts and requests that allow by themselves; each test changes the one thing that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ugc_hub.rights import AssetFacts, Decision, Grant, Person, Request, Revocation, WindDown, decide, standard

START = datetime(2030, 1, 1, tzinfo=UTC)
END = datetime(2031, 1, 1, tzinfo=UTC)
NOON = datetime(2030, 6, 15, 12, tzinfo=UTC)
SIGNED = datetime(2029, 12, 20, tzinfo=UTC)


def day(month: int, number: int = 1, year: int = 2030) -> datetime:
    """The first instant of a day."""
    return datetime(year, month, number, tzinfo=UTC)


def values(*words: str) -> frozenset[str]:
    """A set of words."""
    return frozenset(words)


def facts(**changed: Any) -> AssetFacts:
    """A photo that asks for nothing but the creator's permission."""
    free = AssetFacts(
        id="photo",
        status="active",
        digital_source_type="digitalCapture",
        has_audio=False,
        is_testimonial=False,
        compensation="none",
        people=(),
        properties=(),
        music="none",
    )
    return replace(free, **changed)


def permit(name: str = "g1", /, **changed: Any) -> Grant:
    """A permission that covers `request()`."""
    given: dict[str, Any] = {
        "effect": "permit",
        "assets": values("photo"),
        "state": "active",
        "grantees": values("brand"),
        "channels": values("email", "paid_social", "website"),
        "territories": values("US", "DE"),
        "starts_at": START,
        "ends_at": END,
        "products": values("*"),
        "edits": values("crop"),
        "evidence_level": 3,
        "evidence_ok": True,
        "signed_at": SIGNED,
        "vocabulary_version": standard().version,
    }
    return Grant(name, **given | changed)


def release(person: str = "ana", /, **changed: Any) -> Grant:
    """A model release."""
    return permit(f"release-{person}", **{"layer": "likeness", "subject": person} | changed)


def prohibit(name: str = "x1", /, **changed: Any) -> Grant:
    """A prohibition that states nothing, and so forbids everything with the photo."""
    return Grant(name, **{"effect": "prohibit", "assets": values("photo"), "state": "active"} | changed)


def revoked(at: datetime, **scope: Any) -> tuple[Revocation, ...]:
    """One revocation, full or of a part."""
    return (Revocation(at, "contract_notice", **scope),)


def remain(*channels: str, days: int | None = None) -> WindDown:
    """What may stay after the end, for some days or for ever."""
    if days is None:
        return WindDown("may_remain", channels=values(*channels))
    return WindDown("grace", days, values(*channels))


def request(**changed: Any) -> Request:
    """An e-mail in the USA."""
    given: dict[str, Any] = {
        "asset": "photo",
        "channel": "email",
        "parties": values("brand"),
        "at": NOON,
        "territories": ("US",),
    }
    return Request(**given | changed)


def flight(starts_at: datetime, ends_at: datetime, **changed: Any) -> Request:
    """The same over a window."""
    return request(at=None, starts_at=starts_at, ends_at=ends_at, **changed)


def answer(
    asked: Request, *grants: Grant, about: AssetFacts | None = None, others: tuple[AssetFacts, ...] = ()
) -> Decision:
    """Decide on the photo."""
    photo = about or facts()
    return decide(asked, grants, {one.id: one for one in (photo, *others)})


def reasons(decision: Decision) -> set[str]:
    """The reasons' keys; empty where it is allowed."""
    assert decision.allowed == (not decision.reasons)
    return {reason.key for reason in decision.reasons}


def adult(name: str = "ana") -> tuple[Person, ...]:
    """One adult."""
    return (Person(name, True),)


def later(at: datetime) -> datetime:
    """One second later."""
    return at + timedelta(seconds=1)


def before(at: datetime) -> datetime:
    """One second earlier."""
    return at - timedelta(seconds=1)
