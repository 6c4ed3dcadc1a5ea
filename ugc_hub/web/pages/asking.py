"""Rights requests for those who ask: the list, a new one, one with its course, answers on platforms, templates."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import permissions
from ugc_hub.accounts import Actor
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.models import RightsRequest
from ugc_hub.permissions import Ask, Filter, Reply, TemplateText, replies, things, wording
from ugc_hub.permissions.requesting import assets_of
from ugc_hub.web import recent
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import choices, done, file_of, instant, large_form, read_scope

from .blueprint import blueprint

STATES = ("", "draft", "sent", "granted", "declined", "expired", "withdrawn")


@blueprint.get("/rights")
def requests() -> str:
    """List the requests, newest first."""
    hub, actor = the_hub(), allowed("rights.view")
    state = request.args.get("state", "")
    wanted = Filter(state if state in STATES else "", cursor=request.args.get("cursor", "")[:60])
    found, cursor = permissions.find(hub, actor, wanted)
    names = things.names_of(hub, actor, found)
    shown = {"rows": found, "names": names, "cursor": cursor, "state": wanted.state, "states": STATES}
    return render_template("pages/requests.html", **shown)


@blueprint.get("/rights/requests/new")
def new_request() -> str:
    """Show the form of a request, for chosen assets, a person or a partnership."""
    hub, actor = the_hub(), allowed("rights.request")
    ids = [one[:60] for one in request.args.getlist("asset")][:100]
    person, partnership = request.args.get("person", "")[:60], request.args.get("partnership", "")[:60]
    return render_template(
        "pages/request-new.html",
        assets=recent.asset_names(hub, actor, ids),
        person=things.see_person(hub, actor, person) if person else None,
        partnership=partnership,
        templates=permissions.list_templates(hub, actor),
        **choices(),
    )


@blueprint.post("/rights/requests")
def make_request() -> BaseResponse:
    """Keep a request as a draft, and go to its page, where it is sent."""
    hub, actor, form = the_hub(), allowed("rights.request"), request.form
    ask = Ask(
        read_scope(form),
        kind=form.get("kind") or "licence",
        asset_ids=form.getlist("asset"),
        person_id=form.get("person") or None,
        partnership_id=form.get("partnership") or None,
        email=form.get("email", ""),
        name=form.get("name", ""),
        locale=form.get("locale") or "en",
        subject=form.get("subject", ""),
        message=form.get("message", ""),
    )
    return done("pages.request_page", request_id=permissions.draft(hub, actor, ask).id)


@blueprint.get("/rights/requests/<request_id>")
def request_page(request_id: str) -> Response:
    """Show one request and where it stands."""
    actor = allowed("rights.view")
    return _page(actor, permissions.get(the_hub(), actor, request_id))


def _page(actor: Actor, row: RightsRequest, link: str = "") -> Response:
    hub = the_hub()
    with hub.database.read() as session:
        ids = assets_of(session, row.id)
    scope = permissions.accepted(row)
    html = render_template(
        "pages/request.html",
        row=row,
        link=link,
        who=things.names_of(hub, actor, [row])[row.id],
        asked=wording.spoken(row.asked, "en"),
        spoken=wording.spoken(scope, "en"),
        narrowed=row.answer is not None and row.answer != row.asked,
        assets=recent.asset_names(hub, actor, ids),
        locales=wording.LOCALES,
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/rights/requests/<request_id>/send")
def send_request(request_id: str) -> BaseResponse:
    """Mail the request."""
    row, _ = permissions.send(the_hub(), allowed("rights.request"), request_id)
    return done("pages.request_page", request_id=row.id)


@blueprint.post("/rights/requests/<request_id>/link")
def link_of_request(request_id: str) -> Response:
    """Make a link to hand on, and show it this once."""
    actor = allowed("rights.request")
    return _page(actor, *permissions.send(the_hub(), actor, request_id, copied=True))


@blueprint.post("/rights/requests/<request_id>/withdraw")
def take_request_back(request_id: str) -> BaseResponse:
    """End a request that was not granted."""
    row = permissions.take_back(the_hub(), allowed("rights.request"), request_id)
    return done("pages.request_page", request_id=row.id)


@blueprint.post("/rights/requests/<request_id>/gone")
def reply_gone(request_id: str) -> BaseResponse:
    """Note that an answer disappeared from its platform."""
    row = permissions.gone(the_hub(), allowed("rights.request"), request_id)
    return done("pages.request_page", request_id=row.id)


@blueprint.post("/rights/requests/<request_id>/invite")
def invite_to_confirm(request_id: str) -> BaseResponse:
    """Invite to confirm an answer on our page."""
    hub, actor = the_hub(), allowed("rights.request")
    row = permissions.invite(hub, actor, request_id, email=request.form.get("email", ""))
    permissions.send(hub, actor, row.id)
    return done("pages.request_page", request_id=row.id)


@blueprint.get("/rights/replies/new")
def new_reply() -> str:
    """Show the form for an answer that was given on a platform."""
    return _reply(allowed("rights.request"), request.args.getlist("asset"))


def _reply(actor: Actor, chosen: list[str], problem: str = "") -> str:
    """Return the form with what was typed; a screenshot has to be chosen again, as browsers want it."""
    assets = recent.asset_names(the_hub(), actor, [one[:60] for one in chosen][:100])
    shown = {"assets": assets, "platforms": replies.platforms(), "words": wording, "typed": request.form}
    return render_template("pages/reply-new.html", **shown, problem=problem)


@blueprint.post("/rights/replies")
def keep_reply() -> BaseResponse | tuple[str, int]:
    """Keep an answer that was given on a platform; a browser without scripts gets the form again where it is wrong."""
    large_form()
    actor = allowed("rights.request")
    try:
        row = permissions.capture(the_hub(), actor, _typed_reply())
    except (Invalid, NotFound) as error:
        if request.headers.get("HX-Request") == "true":
            raise
        return _reply(actor, request.form.getlist("asset"), error.message), error.status
    return done("pages.request_page", request_id=row.id)


def _typed_reply() -> Reply:
    """Read the form.

    Raises:
        Invalid: the day is missing, or is none.
    """
    form = request.form
    data, kind = file_of("screenshot")
    fields: dict[str, Any] = {
        name: form.get(name, "") for name in ("platform", "post_url", "handle", "keyword", "text")
    }
    if not form.get("replied_at"):
        raise Invalid("Say on which day the answer was given.", extra={"field": "replied_at"})
    return Reply(
        form.getlist("asset"),
        **fields,
        replied_at=instant(form, "replied_at"),
        screenshot=data,
        media_type=kind or "image/png",
    )


@blueprint.get("/rights/templates")
def request_templates() -> str:
    """Show the templates with their texts."""
    rows = permissions.list_templates(the_hub(), allowed("rights.view"))
    names = sorted(wording.PLACEHOLDERS)
    return render_template("pages/templates.html", rows=rows, locales=wording.LOCALES, placeholders=names)


@blueprint.post("/rights/templates")
def save_template() -> BaseResponse:
    """Keep a new version of a template."""
    form = request.form
    text = TemplateText(*(form.get(name, "") for name in ("subject", "message", "terms")))
    hub, actor = the_hub(), allowed("rights.request")
    permissions.save_template(hub, actor, form.get("name", ""), form.get("locale", ""), text=text)
    return done("pages.request_templates")
