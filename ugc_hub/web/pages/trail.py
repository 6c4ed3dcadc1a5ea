"""The audit: what happened, newest first, and whether the record of it is whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub.audit import Query, find
from ugc_hub.errors import Invalid
from ugc_hub.jobs import verify
from ugc_hub.models import Asset, Creator, User
from ugc_hub.web import entries
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done

from .blueprint import blueprint

PAGE_SIZE = 50
FIELDS = ("object", "actor", "kind", "from", "until")


def _day(name: str, after: int = 0) -> datetime | None:
    text = request.args.get(name, "").strip()
    try:
        day = date.fromisoformat(text) + timedelta(days=after) if text else None
    except (ValueError, OverflowError) as error:
        raise Invalid("Give a day, such as 2026-12-31.", extra={"field": name}) from error
    return datetime.combine(day, time(), UTC) if day else None


def _query(asked: dict[str, str]) -> Query:
    kind = asked["kind"]
    before = request.args.get("before", "")
    return Query(
        since=_day("from"),
        kind=f"{kind}." if kind and "." not in kind else kind,
        object_id=asked["object"],
        limit=PAGE_SIZE + 1,
        actor=asked["actor"],
        until=_day("until", 1),
        before=int(before) if before.isdecimal() and len(before) < 18 else 0,
    )


def _names(session: Session) -> dict[str, str]:
    rows = session.execute(select(User.id, User.name, User.email).order_by(User.name, User.email))
    return {row.id: row.name or row.email for row in rows}


def _called(session: Session, ids: set[str]) -> dict[str, str]:
    """Return the names of assets and creators; the entries themselves hold none."""
    assets = session.execute(select(Asset.id, Asset.file_name).where(Asset.id.in_(ids))).all()
    creators = session.execute(select(Creator.id, Creator.handle).where(Creator.id.in_(ids))).all()
    return {**{row.id: row.file_name for row in assets}, **{row.id: f"@{row.handle}" for row in creators}}


def _verification(session: Session) -> dict[str, Any]:
    return {"last": verify.last(session), "verifying": verify.under_way(session)}


@blueprint.get("/audit")
def trail() -> tuple[str, int]:
    """List what happened, newest first, as far as it fits what is asked for."""
    hub, _ = the_hub(), allowed("audit.view")
    asked = {name: request.args.get(name, "").strip()[:120] for name in FIELDS}
    problem = ""
    with hub.database.read() as session:
        try:
            found = find(session, _query(asked))
        except Invalid as error:
            found, problem = [], error.message
        names = _names(session)
        more = _verification(session)
        called = _called(session, {event.object_id for event in found})
    items = [entries.shown(event, names | called) for event in found[:PAGE_SIZE]]
    stated: dict[str, Any] = {name: value for name, value in asked.items() if value}
    page = {
        "items": items,
        "asked": asked,
        "problem": problem,
        "names": names,
        "groups": entries.GROUPS,
        "kind_words": entries.words_of(asked["kind"]) if "." in asked["kind"] else "",
        "filtered": bool(stated),
        "before": request.args.get("before", ""),
        "newest": url_for("pages.trail", **stated),
        "older": url_for("pages.trail", **stated, before=items[-1]["number"]) if len(found) > PAGE_SIZE else "",
    }
    return render_template("pages/audit.html", **page, **more), 422 if problem else 200


@blueprint.get("/audit/verification")
def verification() -> str:
    """Return what the last check found again, while one is under way."""
    hub, _ = the_hub(), allowed("audit.view")
    with hub.database.read() as session:
        return render_template("partials/verification.html", **_verification(session))


@blueprint.post("/audit/verify")
def verify_now() -> BaseResponse:
    """Have the whole audit checked, as a job."""
    verify.ask_to_verify(the_hub(), allowed("audit.view"))
    return done("pages.trail")
