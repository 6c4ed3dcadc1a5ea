"""Webhooks for administrators: addresses that are told what happens, and the messages to them."""

from __future__ import annotations

import json

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import webhooks
from ugc_hub.errors import HubError
from ugc_hub.models import WebhookMessage
from ugc_hub.web.context import allowed, changing, the_hub
from ugc_hub.web.scopes import done
from ugc_hub.webhooks import KINDS

from .blueprint import blueprint

PAGE_SIZE = 50
STATES = {"waiting": ("", "Waits"), "delivered": ("good", "Arrived"), "failed": ("bad", "Did not arrive")}


def _list(status: int = 200, **shown: object) -> Response:
    actor = allowed("webhook.edit")
    with the_hub().database.read() as session:
        found = webhooks.list_all(session, actor)
    values = {"problem": "", "said": {}, "rows": found, "kinds": KINDS} | shown
    response = make_response(render_template("pages/webhooks.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _one(webhook_id: str, status: int = 200, **shown: object) -> Response:
    hub, actor = the_hub(), allowed("webhook.edit")
    before = request.args.get("before", "")[:40]
    with hub.database.read() as session:
        row = webhooks.get(session, actor, webhook_id)
        found = webhooks.messages(session, actor, webhook_id, before=before, limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    values = {"secret": "", "row": row, "kinds": KINDS, "states": STATES, "before": before} | shown
    values |= {"messages": rows, "older": rows[-1].id if len(found) > PAGE_SIZE else None, "text_of": _text}
    response = make_response(render_template("pages/webhook.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _text(message: WebhookMessage) -> str:
    return json.dumps(message.body, indent=2, ensure_ascii=False, sort_keys=True)


@blueprint.get("/webhooks")
def webhooks_page() -> Response:
    """List the addresses that are told what happens."""
    return _list()


@blueprint.post("/webhooks")
def make_webhook() -> Response:
    """Make a webhook and show its secret this once."""
    form = request.form
    url, label, kinds = form.get("url", "").strip(), form.get("label", ""), form.getlist("kind")
    try:
        with changing("webhook.edit") as (hub, session, actor):
            made = webhooks.add(hub, session, actor, url=url, kinds=kinds, label=label)
            secret = webhooks.secret_of(hub, session, actor, made.id)
    except HubError as error:
        if error.status in (401, 403):
            raise
        return _list(error.status, problem=error.message, said={"url": url, "label": label, "kinds": kinds})
    return _one(made.id, secret=secret)


@blueprint.get("/webhooks/<webhook_id>")
def webhook_page(webhook_id: str) -> Response:
    """Show one address and the messages to it."""
    return _one(webhook_id)


@blueprint.post("/webhooks/<webhook_id>")
def change_webhook(webhook_id: str) -> BaseResponse:
    """Do what a button of the page says."""
    form, act = request.form, request.form.get("act", "")
    with changing("webhook.edit") as (hub, session, actor):
        if act == "remove":
            webhooks.remove(hub, session, actor, webhook_id=webhook_id)
        elif act == "enable":
            webhooks.enable(hub, session, actor, webhook_id=webhook_id)
        elif act == "trial":
            webhooks.trial(hub, session, actor, webhook_id=webhook_id)
        elif act == "again":
            webhooks.again(hub, session, actor, message_id=form.get("message", ""))
        else:
            kinds, label = form.getlist("kind"), form.get("label", "")
            webhooks.change(hub, session, actor, webhook_id=webhook_id, kinds=kinds, label=label)
    hub.ring()
    return done("pages.webhooks_page") if act == "remove" else done("pages.webhook_page", webhook_id=webhook_id)


@blueprint.post("/webhooks/<webhook_id>/secret")
def renew_webhook_secret(webhook_id: str) -> Response:
    """Make a new secret and show it this once."""
    with changing("webhook.edit") as (hub, session, actor):
        secret = webhooks.renew(hub, session, actor, webhook_id=webhook_id)
    return _one(webhook_id, secret=secret)
