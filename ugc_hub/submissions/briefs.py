"""Briefs: what a campaign asks creators for, kept so that browser and server can check a file against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from types import EllipsisType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import campaign_by_name
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Brief as BriefRow
from ugc_hub.models import Campaign, Terms

KINDS = ("image", "animation", "video")
ORIENTATIONS = ("any", "portrait", "landscape", "square")
SOUND = ("any", "required", "none")
CHECKS = ("kind", "orientation", "pixels", "duration", "sound", "size", "near_duplicate")
"""What of a file is checked; the names that `may_override` lists."""
LONGEST_WORDS = 10_000


@dataclass(frozen=True)
class Brief:
    """What is asked for; None and empty ask for nothing."""

    words: str = ""
    """To the creator."""
    kinds: tuple[str, ...] = KINDS
    orientation: str = "any"
    min_short_px: int | None = None
    """Pixels of the shorter side as shown."""
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    sound: str = "any"
    max_bytes: int | None = None
    deadline: datetime | None = None
    may_override: tuple[str, ...] = ("near_duplicate",)
    """Checks that a creator may set aside with a reason."""

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {**values, "deadline": self.deadline.isoformat() if self.deadline else None}


def read_brief(plain: Mapping[str, Any]) -> Brief:
    """Return a brief of its plain form.

    Raises:
        Invalid: a member is unknown, has another type or is out of range; `extra["field"]` names it.
    """
    unknown = sorted(set(plain) - {one.name for one in fields(Brief)})
    if unknown:
        raise _wrong(unknown[0], f"A brief has no member {', '.join(unknown)}.")
    values = dict(plain)
    for name, words in (("kinds", KINDS), ("may_override", CHECKS)):
        if name in values:
            values[name] = _words(name, values[name], words)
    if isinstance(values.get("deadline"), str):
        values["deadline"] = _instant(values["deadline"])
    brief = Brief(**values)
    _check(brief)
    return brief


def _wrong(name: str, words: str) -> Invalid:
    return Invalid(words, extra={"field": name})


def _words(name: str, value: Any, words: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or set(map(str, value)) - set(words):
        raise _wrong(name, f"{name} are some of {', '.join(words)}.")
    return tuple(word for word in words if word in value)


def _instant(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong("deadline", "The deadline is a time such as 2030-01-31T18:00+00:00.") from error
    if value.tzinfo is None:
        raise _wrong("deadline", "The deadline needs an offset such as +00:00.")
    return value


def _check(brief: Brief) -> None:
    if not isinstance(brief.words, str) or len(brief.words) > LONGEST_WORDS:
        raise _wrong("words", f"The words to the creator have at most {LONGEST_WORDS:,} characters.")
    if not brief.kinds:
        raise _wrong("kinds", "Ask for photos, animations or videos.")
    for name, words in (("orientation", ORIENTATIONS), ("sound", SOUND)):
        if getattr(brief, name) not in words:
            raise _wrong(name, f"{name} is one of {', '.join(words)}.")
    for name, most in (
        ("min_short_px", 20_000),
        ("max_bytes", 10**12),
        ("min_duration_s", 86_400),
        ("max_duration_s", 86_400),
    ):
        value = getattr(brief, name)
        types = (int, float) if name.endswith("_s") else (int,)
        if value is not None and (isinstance(value, bool) or not isinstance(value, types) or not 0 < value <= most):
            raise _wrong(name, f"{name} is a number above 0 and at most {most:,}.")
    if brief.min_duration_s and brief.max_duration_s and brief.min_duration_s > brief.max_duration_s:
        raise _wrong("max_duration_s", "The longest duration is shorter than the shortest.")


@dataclass(frozen=True)
class BriefView:
    """The brief of a campaign and the terms that it is handed in under."""

    campaign_id: str | None
    campaign: str
    brief: Brief
    terms_id: str | None = None
    written: bool = True
    """Somebody wrote a brief; else nothing in particular is asked for."""


def save_brief(
    hub: Hub, actor: Actor, campaign: str, *, brief: Brief, terms_id: str | EllipsisType | None = ...
) -> BriefView:
    """Keep the brief of a campaign, which is made where there is none of this name.

    Its terms stay unless others are named; None takes those of the hub.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: the campaign's name is malformed.
        NotFound: there are no such terms.
    """
    require(actor, "rights.edit")
    with hub.database.write() as session:
        found = campaign_by_name(hub, session, campaign)
        row = session.get(BriefRow, found.id)
        if isinstance(terms_id, EllipsisType):
            terms_id = row.terms_id if row else None
        if terms_id is not None and session.get(Terms, terms_id) is None:
            raise NotFound("There are no such terms.")
        if row is None:
            row = BriefRow(campaign_id=found.id, body={}, updated_at=hub.now())
            session.add(row)
        row.body, row.terms_id, row.updated_at = brief.plain(), terms_id, hub.now()
        session.flush()
        record(session, hub.now(), "brief.saved", found.id, actor=actor.user_id, brief=row.body, terms=terms_id)
        return BriefView(found.id, found.name, brief, terms_id)


def brief_of(session: Session, campaign_id: str | None) -> BriefView:
    """Return what a campaign asks for; nothing in particular where it has no brief, or there is no campaign."""
    campaign = session.get(Campaign, campaign_id) if campaign_id else None
    row = session.get(BriefRow, campaign_id) if campaign_id else None
    name = campaign.name if campaign else ""
    if row is None:
        return BriefView(campaign_id, name, Brief(), written=False)
    return BriefView(campaign_id, name, read_brief(row.body), row.terms_id)


def list_briefs(hub: Hub, actor: Actor) -> list[BriefView]:
    """Return every campaign with its brief, by name.

    Raises:
        Forbidden: the actor may not edit rights.
    """
    require(actor, "rights.edit")
    with hub.database.read() as session:
        return [brief_of(session, one) for one in session.scalars(select(Campaign.id).order_by(Campaign.name))]


def open_campaigns(hub: Hub) -> list[BriefView]:
    """Return the campaigns with a brief whose deadline has not passed, by name: what a creator can hand in for."""
    with hub.database.read() as session:
        rows = session.scalars(select(Campaign.id).join(BriefRow).order_by(Campaign.name))
        found = [brief_of(session, one) for one in rows]
    return [one for one in found if one.brief.deadline is None or one.brief.deadline > hub.now()]
