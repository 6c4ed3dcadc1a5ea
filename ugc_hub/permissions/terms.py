"""The full text of what somebody agrees to: the terms of a template, with the uses in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.licensing import read_person
from ugc_hub.models import Partnership, RequestAsset, RequestTemplate, RightsRequest

from .people import called
from .wording import day, fill, phrase, spoken


def text_of(hub: Hub, session: Session, row: RightsRequest, scope: Mapping[str, Any]) -> str:
    """Return the text that says exactly this scope; the same request and scope give the same text."""
    template = session.get_one(RequestTemplate, row.template_id)
    return fill(template.terms, values_of(hub, session, row, scope))


def values_of(hub: Hub, session: Session, row: RightsRequest, scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of all placeholders but `link`."""
    subject = ""
    if row.kind == "model_release" and row.person_id:
        data = read_person(hub, session, row.person_id)
        subject = data.name if data else ""
    name = called(hub, session, row)
    return {
        **spoken(scope, row.locale),
        "brand": hub.settings.brand,
        "name": name,
        "subject": subject or name,
        "assets": _assets(session, row, subject or name),
        "withdrawal": withdrawal(row, scope),
        "expires": day(row.expires_at.date(), row.locale) if row.expires_at else "",
    }


def withdrawal(row: RightsRequest, scope: Mapping[str, Any]) -> str:
    """Return in words when and how the permission can be taken back."""
    days = 0 if row.kind == "model_release" else scope["notice_days"]
    return phrase("phrases", "notice" if days else "at_once", row.locale, days=days)


def local_day(instant: datetime, zone: str, locale: str) -> str:
    """Return the day of an instant in a time zone."""
    return day(instant.astimezone(ZoneInfo(zone)).date(), locale)


def _assets(session: Session, row: RightsRequest, subject: str) -> str:
    if row.partnership_id:
        partnership = session.get_one(Partnership, row.partnership_id)
        last = partnership.ends_on
        ends = day(last, row.locale) if last else phrase("phrases", "open_end", row.locale)
        begins = day(partnership.starts_on, row.locale)
        return phrase("phrases", "over_time", row.locale, **{"from": begins, "to": ends})
    count = session.scalar(select(func.count()).where(RequestAsset.request_id == row.id)) or 0
    if not count:
        return phrase("phrases", "all_shown", row.locale, subject=subject)
    return phrase("phrases", "this_asset" if count == 1 else "these_assets", row.locale, count=count)
