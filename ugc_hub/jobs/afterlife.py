"""By the clock: ends uses whose time is over, passes on what is overdue, tells of ends that are coming."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import actor_of, may
from ugc_hub.audit import record
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import Ending, come_due, endings, escalate, escalate_claims, untold
from ugc_hub.licensing.trash import end_binned
from ugc_hub.models import Asset, TakedownTask, Usage, User, Webhook
from ugc_hub.templating import templates_dir
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from . import alerts, claims
from .posting import post

MOST_LINES = 200
"""Lines in one mail; the page has all of them."""


def afterlife(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Settle uses that have come due, and pass overdue tasks on to legal and administrators."""
    _settle(hub, context, every=False)
    crash_point("after_settled")
    with hub.database.write() as session:
        late = escalate(hub, session)
        claimed = escalate_claims(hub, session)
        if late:
            users = users_of(session, roles=("legal", "admin"))
            ask_notice(hub, session, users, {"about": "overdue", "tasks": late[:MOST_LINES]})
    hub.ring()
    return {"escalated": len(late), "claims": len(claimed)}


def _settle(hub: Hub, context: JobContext, *, every: bool) -> None:
    """Go through the uses in short transactions, so that others can write in between."""
    with hub.database.write() as session:
        end_binned(hub, session)
    after: str | None = ""
    while after is not None:
        context.check()
        with hub.database.write() as session:
            after = come_due(hub, session, after, every=every)


def digest(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Ask for the mails about ends that have come to a threshold, and look at every live use once more."""
    with hub.database.write() as session:
        hub.database.serialise(session, "digest")
        news = untold(hub, session)
        for one, days in news:
            details = {"grant_id": one.grant_id, "layer": one.layer, "ends_at": one.ends_at.isoformat()}
            counts = {"days": days, "revoked": one.revoked, "live": one.live}
            record(session, hub.now(), "rights.expiring", one.asset_id, **details, **counts)
        if news:
            keys = [[one.grant_id, one.asset_id] for one, _ in news[:MOST_LINES]]
            users = users_of(session, action="rights.edit")
            ask_notice(hub, session, users, {"about": "expiring", "ends": keys, "more": len(news) - len(keys)})
    crash_point("after_told")
    _settle(hub, context, every=True)  # ingredients reach further than the transaction that changed something
    hub.ring()
    return {"told": len(news)}


def users_of(session: Session, *, roles: Sequence[str] = (), action: str = "") -> list[User]:
    """Return who is to be told: those of some roles, or those who may do something."""
    found = session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.id))
    return [user for user in found if (user.role in roles if roles else may(actor_of(user), action))]


def ask_notice(hub: Hub, session: Session, users: Iterable[User], payload: Mapping[str, Any]) -> None:
    """One job for each mail: they commit with what they tell of, and one that fails does not hold up the others."""
    for user in users:
        options = Options(group="notice", max_attempts=hub.settings.job_attempts)
        enqueue(session.connection(), "notice", {**payload, "user": user.id}, options=options)


def mail(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Write and send one mail, from the records as they are now; nothing is sent where there is nothing to tell."""
    payload = context.job.payload
    with hub.database.read() as session:
        user = session.get(User, payload["user"])
        write = LETTERS[payload["about"]]
        letter = None if user is None or user.disabled_at else write(hub, session, payload)
    if user is None or letter is None:
        return {"sent": 0}
    subject, body = letter
    return {"sent": int(post(hub, context.job, user.email, subject=subject, body=body))}


def _expiring(hub: Hub, session: Session, payload: Mapping[str, Any]) -> tuple[str, str] | None:
    wanted = {tuple(pair) for pair in payload["ends"]}
    found = [one for one in endings(hub, session, days=30) if (one.grant_id, one.asset_id) in wanted]
    if not found:
        return None
    groups = [(name, list(group)) for name, group in groupby(found, key=_campaign)]
    now = hub.now()
    page, more = f"{hub.settings.address}/rights/expiring", payload["more"]
    body = _text("expiring", groups=groups, now=now, more=more, page=page)
    soonest = min(one.days(now) for one in found)
    first = f"{soonest} {'day' if soonest == 1 else 'days'}"
    return f"Permissions that end soon: {len(found) + more}, the first in {first}", body


def _campaign(one: Ending) -> str:
    return one.campaign or "Without a campaign"


def _overdue(hub: Hub, session: Session, payload: Mapping[str, Any]) -> tuple[str, str] | None:
    rows = session.execute(
        select(TakedownTask, Usage, Asset.file_name, User)
        .join(Usage, Usage.id == TakedownTask.usage_id)
        .outerjoin(Asset, Asset.id == Usage.asset_id)
        .outerjoin(User, User.id == TakedownTask.owner_id)
        .where(TakedownTask.id.in_(payload["tasks"]), TakedownTask.state == "escalated")
        .order_by(TakedownTask.due_at)
    ).all()
    if not rows:
        return None
    body = _text("overdue", rows=rows, page=f"{hub.settings.address}/takedowns?state=overdue")
    return f"Copies that should have been taken down: {len(rows)}", body


def _webhook(hub: Hub, session: Session, payload: Mapping[str, Any]) -> tuple[str, str] | None:
    row = session.get(Webhook, payload["webhook"])
    if row is None or row.disabled_at is None or row.removed_at is not None:
        return None
    body = _text("webhook", row=row, page=f"{hub.settings.address}/webhooks/{row.id}")
    return "A webhook was switched off", body


LETTERS: Mapping[str, Callable[[Hub, Session, Mapping[str, Any]], tuple[str, str] | None]] = {
    "overdue": _overdue,
    "expiring": _expiring,
    "webhook": _webhook,
    "claim": claims.came,
    "claims_overdue": claims.overdue,
    "broken": claims.broken,
    "found": alerts.found,
}
"""What writes a mail, by what it is about."""


def _text(name: str, **values: Any) -> str:
    # Plain text: nothing is escaped, and a line of it can only ever be a line.
    mails = Environment(
        loader=FileSystemLoader(templates_dir()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
    mails.filters["line"] = lambda text: " ".join(str(text).split())
    return mails.get_template(f"mail/{name}.txt").render(**values)
