"""Tells people what is new in the searches that they saved: in the list of searches, and by mail where they want it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub import notify
from ugc_hub.accounts import actor_of
from ugc_hub.catalog import alerting, fresh
from ugc_hub.catalog.questions import question_of
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import SavedSearch, User
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

MOST_SEARCHED = 200
"""Assets of a search that a mail looks at; the page has all of them."""
MOST_NAMED = 20


def alerts(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Look for each person in a transaction of its own, which also asks for their mail: one for all their searches.

    Without an index, or where it goes meanwhile, the next look asks about the same; nothing is told twice.
    """
    mails, whole = 0, True
    try:
        look = fresh.begin(hub)
        with hub.database.read() as session:
            users = alerting.watchers(session) if look.ids != () else []
        for user_id in users:
            context.check()
            found = alerting.find_news(hub, user_id, look)
            if found:
                with hub.database.write() as session:
                    mails += _ask(hub, session, user_id, alerting.keep_news(hub, session, found))
            crash_point("after_alerted")
        fresh.end(hub, look)
    except fresh.NoIndex:
        whole = False
    hub.ring()
    return {"mails": mails, "whole": whole, "forgotten": alerting.forget_news(hub)}


def _ask(hub: Hub, session: Session, user_id: str, news: Mapping[str, list[str]]) -> int:
    if not news:
        return 0
    searches = [[name, ids[:MOST_SEARCHED], len(ids)] for name, ids in news.items()]
    options = Options(group="notice", max_attempts=hub.settings.job_attempts)
    payload = {"about": "found", "user": user_id, "searches": searches}
    enqueue(session.connection(), "notice", payload, options=options)
    return 1


def found(hub: Hub, session: Session, payload: Mapping[str, Any]) -> tuple[str, str] | None:
    """Write what is new in the searches of somebody, of what they may see when it is written."""
    user = session.get_one(User, payload["user"])
    told = []
    for search_id, ids, count in payload["searches"]:
        row = session.get(SavedSearch, search_id)
        if row is None or row.user_id != user.id or row.alert != "mail":
            continue
        names = [_line(name) for name in alerting.names_of(session, actor_of(user), ids).values()]
        if names:
            page = f"{hub.settings.address}/?{question_of(row).address}"
            # Those beyond the limit were not looked at again; those that went meanwhile are not counted.
            number = count - len(ids) + len(names)
            told.append((_line(row.name), number, names[:MOST_NAMED], number - len(names[:MOST_NAMED]), page))
    if not told:
        return None
    total = sum(number for _, number, *_ in told)
    body = notify.write("mail/found.txt", {"told": told, "page": f"{hub.settings.address}/searches"})
    return f"New in your searches: {total} {'asset' if total == 1 else 'assets'}", body


def _line(text: str) -> str:
    """A line of a mail can only ever be a line."""
    return " ".join(text.split())
