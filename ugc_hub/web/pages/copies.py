"""Copies that left: the ledger with its filters, one copy with its decision, and the ledger as a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import creators, licensing
from ugc_hub.accounts import Actor, may
from ugc_hub.errors import Invalid
from ugc_hub.licensing import Line, Wanted, duty_words, wording
from ugc_hub.models import DecisionRow
from ugc_hub.rights import standard
from ugc_hub.web.context import allowed, changing, the_hub
from ugc_hub.web.names import content_disposition
from ugc_hub.web.scopes import done

from .afterlife import REASONS
from .blueprint import blueprint

PAGE_SIZE = 50
STATES = {"": "All", "live": "Live", "ended": "Ended", "unknown": "To be looked at"}
TONES = {"live": ("good", "Live"), "ended": ("", "Ended"), "unknown": ("warn", "To be looked at")}
WHY = REASONS | {"stopped_by_hand": "Somebody stopped it"}
EXITS = {
    "download": "Download",
    "render": "Command line",
    "pack": "Pack",
    "api": "API",
    "link": "Delivery link",
    "captions": "Captions",
    "presigned": "Address of the storage",
}
MOST_DAYS = 3660
COLUMNS = (
    "usage_id",
    "state",
    "left_at",
    "valid_until",
    "ended_at",
    "ended_why",
    "asset_id",
    "file_name",
    "creator",
    "campaign",
    "rendition_id",
    "exit",
    "taken_by",
    "channel",
    "territories",
    "products",
    "edits",
    "external_ref",
    "decision_id",
    "grants_used",
    "sha256",
    "stamped_sha256",
)


def _wanted(args: MultiDict[str, str]) -> tuple[Wanted, dict[str, str]]:
    """Read the filters; returns also those that are set, as a link repeats them."""
    names = ("asset", "creator", "campaign", "channel", "state", "ending")
    given = {name: args.get(name, "").strip()[:200] for name in names}
    given = {name: text for name, text in given.items() if text}
    days = given.get("ending", "")
    if days and not (days.isdecimal() and len(days) <= 4 and int(days) <= MOST_DAYS):
        raise Invalid(f"Days are a whole number up to {MOST_DAYS}.", extra={"field": "ending"})
    if given.get("state") not in STATES:
        given.pop("state", None)
    wanted = Wanted(
        asset_id=given.get("asset", ""),
        channel=given.get("channel", ""),
        state=given.get("state", ""),
        creator=given.get("creator", ""),
        campaign=given.get("campaign", ""),
        ending_days=int(days) if days else None,
        before=args.get("before", "")[:40],
        limit=PAGE_SIZE + 1,
    )
    return wanted, given


@blueprint.get("/usages")
def copies() -> str:
    """List copies that left, newest first."""
    hub, actor = the_hub(), allowed("usage.view")
    wanted, given = _wanted(request.args)
    with hub.database.read() as session:
        found = licensing.find_lines(hub, session, actor, wanted)
    rows = found[:PAGE_SIZE]
    everybody = may(actor, "rights.view")
    return render_template(
        "pages/copies.html",
        rows=rows,
        older=rows[-1].usage.id if len(found) > PAGE_SIZE else None,
        before=wanted.before,
        given=given,
        rest={name: text for name, text in given.items() if name != "state"},
        states=STATES,
        channels={name: wording.channel_name(name) for name in standard().channels},
        campaigns=creators.list_campaigns(hub) if everybody else [],
        **_words(),
    )


def _words() -> dict[str, Any]:
    hub = the_hub()
    names: dict[str, Any] = {"channel_name": wording.channel_name, "places": wording.located}
    return {"tones": TONES, "why": WHY, "exits": EXITS, "now": hub.now(), **names}


@blueprint.get("/usages.csv")
def copies_sheet() -> Response:
    """Send all copies that the filters leave as a CSV sheet."""
    actor = allowed("usage.view")
    wanted, _ = _wanted(request.args)
    response = Response(stream_with_context(_sheet(actor, wanted)), mimetype="text/csv")
    response.headers["Content-Disposition"] = content_disposition(
        f"copies-{the_hub().now():%Y-%m-%d}.csv", attachment=True
    )
    return response


def _sheet(actor: Actor, wanted: Wanted) -> Iterator[str]:
    hub = the_hub()
    yield _row(COLUMNS)
    with hub.database.read() as session:
        for line in licensing.every_line(hub, session, actor, wanted):
            yield _row(_cells(line))


def _cells(line: Line) -> list[str]:
    usage = line.usage
    known: dict[str, Any] = {
        "usage_id": usage.id,
        "state": line.state(the_hub().now()),
        "left_at": usage.created_at,
        "file_name": line.file_name,
        "creator": line.creator,
        "campaign": line.campaign,
        "taken_by": line.taker,
    }
    values = (known[name] if name in known else getattr(usage, name) for name in COLUMNS)
    return [_cell(value) for value in values]


def _cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        text = " ".join(map(str, value))
    else:
        text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _row(cells: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


@blueprint.get("/usages/<usage_id>")
def copy(usage_id: str) -> str:
    """Show one copy: for what it left, by which decision, and whether it is still covered."""
    hub, actor = the_hub(), allowed("usage.view")
    with hub.database.read() as session:
        usage = licensing.get_usage(session, actor, usage_id)
        (line,) = licensing.named(session, actor, [usage])
        kept = session.get(DecisionRow, usage.decision_id) if may(actor, "rights.view") else None
        again = licensing.asked_again(hub, session, usage) if kept and usage.status != "stopped" else None
    return render_template(
        "pages/one-copy.html",
        line=line,
        usage=usage,
        kept=kept,
        again=again,
        duties=[duty_words(duty) for duty in kept.result["duties"]] if kept else [],
        keeper=licensing.may_keep(actor, usage),
        page=url_for("pages.copy_status", usage_id=usage.id),
        problem=request.args.get("problem", "")[:300],
        edit_words=wording.EDITS,
        **_words(),
    )


@blueprint.post("/usages/<usage_id>")
def keep_copy(usage_id: str) -> BaseResponse:
    """Keep where a copy runs, or that it stopped."""
    reference = request.form.get("external_ref", "")
    with changing("usage.view") as (hub, session, actor):
        act = licensing.stop if request.form.get("stopped") == "1" else licensing.place
        act(hub, session, actor, usage_id=usage_id, external_ref=reference)
    return done("pages.copy", usage_id=usage_id)
