"""After a copy has left: tasks to take copies down, ends that are coming, and a public page for each copy."""

from __future__ import annotations

from itertools import groupby

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import licensing
from ugc_hub.licensing import Ending, Proof, wording
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done, file_of, large_form

from .blueprint import blueprint

STATES = {"open": "Open", "overdue": "Overdue", "done": "Done"}
DAYS_AHEAD = 90
REASONS = {
    "contract_notice": "The contract was ended by notice",
    "gdpr_withdrawal": "The person shown withdrew their consent",
    "platform_revoked": "The platform ended its permission",
    "legal_claim": "Somebody claims that it infringes a right",
    "erasure_request": "Somebody asked for its erasure",
    "evidence_source_gone": "The reply that proved the permission is gone",
    "expired": "The permission is over",
    "cap_reached": "What was agreed of impressions or spend is used up",
    "hold": "The asset was put on hold",
    "taken_down": "The asset was taken down",
    "part_in_trash": "Something that it was composed of is in the trash",
    "revoked": "The permission was withdrawn",
    "superseded": "A newer version of the permission does not allow it",
    "prohibited": "A prohibition forbids it",
    "evidence_broken": "What proves the permission no longer matches",
    "layer_unknown": "A question about the content is open again",
}
LAYERS = {
    "copyright": "Licence of the content",
    "likeness": "Release of a person",
    "property": "Release of a property",
    "music": "Licence of the music",
    "platform": "Authorisation of the platform",
}


@blueprint.get("/takedowns")
def takedowns() -> str:
    """List the tasks in one state, the most urgent first."""
    hub, actor = the_hub(), allowed("rights.view")
    state = request.args.get("state", "")
    state = state if state in STATES else "open"
    before = request.args.get("before", "")[:40]
    with hub.database.read() as session:
        found = licensing.find_tasks(hub, session, actor, state=state, before=before)
        counts = licensing.count_tasks(hub, session)
    older = found[-1].task.id if len(found) == licensing.MOST_TASKS else None
    shown = {"rows": found, "counts": counts, "state": state, "states": STATES, "older": older}
    names = {"channel_name": wording.channel_name, "places": wording.located}
    return render_template("pages/takedowns.html", reasons=REASONS, now=hub.now(), **names, **shown)


@blueprint.post("/takedowns/<task_id>")
def confirm_takedown(task_id: str) -> BaseResponse:
    """Keep that a task was done, with a note, a file, or both."""
    large_form()
    hub, actor = the_hub(), allowed("rights.view")
    data, media_type = file_of("proof")
    proof = Proof("screenshot", data, media_type or "application/octet-stream") if data else None
    with hub.database.write() as session:
        licensing.confirm(hub, session, actor, task_id=task_id, note=request.form.get("note", ""), proof=proof)
    return done("pages.takedowns", state="done")


@blueprint.get("/rights/expiring")
def expiring() -> str:
    """List what ends within the next 90 days, by campaign."""
    hub, _ = the_hub(), allowed("rights.view")
    with hub.database.read() as session:
        found = licensing.endings(hub, session, days=DAYS_AHEAD)
    groups = [(name, list(group)) for name, group in groupby(found, key=_campaign)]
    return render_template("pages/expiring.html", groups=groups, layers=LAYERS, now=hub.now(), days=DAYS_AHEAD)


def _campaign(one: Ending) -> str:
    return one.campaign or "Without a campaign"


@blueprint.get("/u/<usage_id>")
def copy_status(usage_id: str) -> Response:
    """Say to everybody whether a copy may still be used; its address is printed into the file."""
    hub = the_hub()
    with hub.database.read() as session:
        found = licensing.standing(hub, session, usage_id)
    response = make_response(render_template("pages/copy.html", one=found))
    response.headers["Cache-Control"] = "no-store"
    return response
