"""What people have to do, and that they did it: duties before a use, copies to be taken down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from flask import Response, request
from pydantic import Field

from ugc_hub import licensing
from ugc_hub.accounts import require_papers
from ugc_hub.catalog import FileOut
from ugc_hub.errors import NotFound
from ugc_hub.licensing import Proof
from ugc_hub.models import DutyFulfilment, TakedownTask
from ugc_hub.web.context import actor, allowed, the_hub
from ugc_hub.web.files import send

from .blueprint import blueprint, body, described, gives, gives_file, query
from .grants import one as one_grant
from .legal import GrantOut
from .papers import whole_body
from .shapes import Asked, Given


class DoneQuery(Asked):
    """What was done, in words; a file that proves it may be the body, its type the Content-Type."""

    note: str = Field(default="", max_length=2000)


class TaskQuery(Asked):
    """Which tasks, and where the list continues."""

    state: Literal["open", "overdue", "done"] = "open"
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str = Field(default="", max_length=60)


class TaskOut(Given):
    """A copy that somebody has to take down or to look at, until when, and what became of it."""

    id: str
    usage_id: str
    asset_id: str
    file_name: str
    channel: str
    territories: list[str]
    external_ref: str = Field(description="Where it runs, as far as is known.")
    action: Literal["take_down", "review"]
    reason: str
    created_at: datetime
    effective_at: datetime | None = Field(description="From when on the copy must not be used.")
    due_at: datetime
    owner_id: str | None
    owner: str
    state: Literal["open", "escalated", "done", "moot"]
    escalated_at: datetime | None
    note: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    has_proof: bool


class TaskPage(Given):
    """Some tasks: the most urgent first; those done, the newest first."""

    items: list[TaskOut]
    next_cursor: str | None


class TotalAsk(Asked):
    """What one source has counted since the beginning, up to the end of a day (UTC)."""

    source: str = Field(min_length=1, max_length=100, examples=["Meta Ads"])
    day: date = Field(alias="date", description="The same source and day again takes the place of what was stated.")
    impressions: int | None = Field(default=None, ge=0)
    spend_micros: int | None = Field(default=None, ge=0, description="Millionths of the currency of the agreement.")


class TotalOut(Given):
    """A running total as it was stated last."""

    id: str
    grant_id: str
    source: str
    date: str
    at: datetime = Field(description="The instant up to which it counts.")
    impressions: int | None
    spend_micros: int | None
    by: str | None
    created_at: datetime


class Totals(Given):
    """The totals of a grant, the newest days first."""

    items: list[TotalOut]


def _proof() -> Proof | None:
    """Return the body as a proof; None where there is none."""
    if not request.content_length and not request.headers.get("Transfer-Encoding"):
        return None
    return Proof("note", whole_body(), request.mimetype or "application/octet-stream")


def _file(key: str | None, name: str) -> Response:
    if key is None:
        raise NotFound("No file was kept with this.")
    return send(FileOut(key, "application/octet-stream", None, name, key), attachment=True)


@blueprint.post("/grants/<grant_id>/duties/<duty>")
@query(DoneQuery)
@gives(GrantOut, 201, "It is kept that this was done")
@described("Rights", "Confirm that what a grant asks for before a use was done")
def fulfil_duty(grant_id: str, duty: str, query: DoneQuery) -> dict[str, Any]:
    """Keep an approval or a payment, with a note or a file; `conditions` of the grant tells what is confirmed."""
    hub, actor = the_hub(), allowed("rights.edit")
    proof = _proof()
    with hub.database.write() as session:
        licensing.fulfil(hub, session, actor, grant_id=grant_id, duty=duty, note=query.note, proof=proof)
    return one_grant(grant_id)


@blueprint.delete("/grants/<grant_id>/duties/<duty>")
@gives(GrantOut)
@described("Rights", "Take back that a duty before a use was done")
def take_back_duty(grant_id: str, duty: str) -> dict[str, Any]:
    """Ask for the duty again before a new use; what is live is not touched."""
    hub, actor = the_hub(), allowed("rights.edit")
    with hub.database.write() as session:
        licensing.take_back(hub, session, actor, grant_id=grant_id, duty=duty)
    return one_grant(grant_id)


@blueprint.get("/duties/<fulfilment_id>/proof")
@gives_file("Rights", "The file that proves that a duty was done")
def see_duty_proof(fulfilment_id: str) -> Response:
    """Return exactly what was kept."""
    require_papers(actor())
    with the_hub().database.read() as session:
        row = session.get(DutyFulfilment, fulfilment_id)
    return _file(row.proof_key if row else None, f"proof-{fulfilment_id}")


@blueprint.post("/grants/<grant_id>/totals")
@body(TotalAsk)
@gives(GrantOut, 200, "The total is kept; `limits` and the term are up to date")
@described("Rights", "State how much of a grant's limits a source has counted")
def state_total(grant_id: str, body: TotalAsk) -> dict[str, Any]:
    """Keep a running total of impressions, spend or both; where a limit is reached, the term ends at that instant."""
    hub, actor = the_hub(), allowed("rights.edit")
    total = licensing.Total(body.source, body.day, body.impressions, body.spend_micros)
    with hub.database.write() as session:
        licensing.state_total(hub, session, actor, grant_id=grant_id, total=total)
    return one_grant(grant_id)


@blueprint.get("/grants/<grant_id>/totals")
@gives(Totals)
@described("Rights", "Running totals that were stated for a grant")
def list_totals(grant_id: str) -> dict[str, Any]:
    """Return the newest 100 totals."""
    actor = allowed("rights.view")
    one_grant(grant_id)
    with the_hub().database.read() as session:
        return {"items": [licensing.plain_total(row) for row in licensing.totals_of(session, actor, grant_id)]}


@blueprint.get("/takedowns")
@query(TaskQuery)
@gives(TaskPage)
@described("Uses", "List copies that have to be taken down or looked at")
def list_takedowns(query: TaskQuery) -> dict[str, Any]:
    """Return one page of the tasks in a state: not yet due, overdue, or done."""
    hub, actor = the_hub(), allowed("rights.view")
    with hub.database.read() as session:
        found = licensing.find_tasks(hub, session, actor, state=query.state, before=query.cursor, limit=query.limit + 1)
    items = [licensing.plain_task(one) for one in found[: query.limit]]
    return {"items": items, "next_cursor": items[-1]["id"] if len(found) > query.limit else None}


@blueprint.get("/takedowns/<task_id>")
@gives(TaskOut)
@described("Uses", "One task to take a copy down")
def see_takedown(task_id: str) -> dict[str, Any]:
    """Return one task with the copy that it is about."""
    return _task(task_id)


def _task(task_id: str) -> dict[str, Any]:
    actor = allowed("rights.view")
    with the_hub().database.read() as session:
        return licensing.plain_task(licensing.get_task(session, actor, task_id))


@blueprint.post("/takedowns/<task_id>/done")
@query(DoneQuery)
@gives(TaskOut)
@described("Uses", "Confirm that a copy was taken down or looked at")
def confirm_takedown(task_id: str, query: DoneQuery) -> dict[str, Any]:
    """Keep that it was done, with a note, a file, or both; its owner or who edits rights may."""
    hub, actor = the_hub(), allowed("rights.view")
    proof = _proof()
    with hub.database.write() as session:
        licensing.confirm(hub, session, actor, task_id=task_id, note=query.note, proof=proof)
    return _task(task_id)


@blueprint.get("/takedowns/<task_id>/proof")
@gives_file("Uses", "The file that proves that a copy was taken down")
def see_takedown_proof(task_id: str) -> Response:
    """Return exactly what was kept."""
    allowed("rights.view")
    with the_hub().database.read() as session:
        row = session.get(TakedownTask, task_id)
    return _file(row.proof_key if row else None, f"proof-{task_id}")
