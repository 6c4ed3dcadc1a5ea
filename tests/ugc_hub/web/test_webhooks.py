"""Webhooks on their pages and in the API: for administrators alone, with a secret that is shown once."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.ugc_hub.web.conftest import Person
from ugc_hub import webhooks
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.models import WebhookMessage

URL = "https://93.184.216.34/hook"


def only(hub: Hub) -> webhooks.Endpoint:
    with hub.database.read() as session:
        (found,) = webhooks.list_all(session, SYSTEM)
    return found


def secret(hub: Hub) -> str:
    with hub.database.read() as session:
        return webhooks.secret_of(hub, session, SYSTEM, only(hub).id)


def test_an_administrator_makes_tries_changes_and_removes_one_on_the_page(
    hub: Hub, browser: Callable[[str], Person]
) -> None:
    person = browser("admin")
    assert "Nobody is told yet" in person.get("/webhooks").text
    form = {"url": URL, "label": "Ads manager", "kind": ["rights.revoked", "takedown.due"]}
    page = person.post("/webhooks", data=form)
    made = only(hub)
    assert (made.url, made.kinds) == (URL, ("rights.revoked", "takedown.due"))
    assert secret(hub) in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert secret(hub) not in person.get(f"/webhooks/{made.id}").text
    assert "Ads manager" in person.get("/webhooks").text
    assert person.post(f"/webhooks/{made.id}", data={"act": "trial"}).status_code == 303
    assert "webhook.trial" in person.get(f"/webhooks/{made.id}").text
    renewed = person.post(f"/webhooks/{made.id}/secret").text
    assert re.search(r"whsec_[A-Za-z0-9+/=]{44}", renewed)
    change = {"act": "change", "kind": "rights.hold", "label": "Other"}
    assert person.post(f"/webhooks/{made.id}", data=change).status_code == 303
    assert (only(hub).kinds, only(hub).label) == (("rights.hold",), "Other")
    assert person.post(f"/webhooks/{made.id}", data={"act": "remove"}).status_code == 303
    assert person.get(f"/webhooks/{made.id}").status_code == 404


def test_what_was_typed_stays_where_it_is_wrong(browser: Callable[[str], Person]) -> None:
    page = browser("admin").post(
        "/webhooks", data={"url": "https://10.0.0.1/", "label": "House", "kind": "rights.hold"}
    )
    assert page.status_code == 422
    assert "private network" in page.text
    assert 'value="https://10.0.0.1/"' in page.text


def test_programs_manage_webhooks_as_well(hub: Hub, program: Callable[..., Person]) -> None:
    someone = program("admin")
    made = someone.post("/api/v1/webhooks", json={"url": URL, "kinds": ["rights.hold"]})
    assert made.status_code == 201
    assert made.json is not None
    assert made.json["secret"] == secret(hub)
    path = f"/api/v1/webhooks/{made.json['id']}"
    listed = someone.get("/api/v1/webhooks")
    assert made.json["secret"] not in listed.text
    changed = someone.ask("PATCH", path, json={"label": "Ads"}).json
    assert changed is not None
    assert (changed["label"], changed["kinds"]) == ("Ads", ["rights.hold"])
    assert someone.post(f"{path}/trial").status_code == 202
    page = someone.get(f"{path}/messages?limit=1").json
    assert page is not None
    (message,) = page["items"]
    assert (message["kind"], message["state"], page["next_cursor"]) == ("webhook.trial", "waiting", None)
    again = f"/api/v1/webhooks/messages/{message['id']}/again"
    assert someone.post(again).status_code == 409
    with hub.database.write() as session:
        session.get_one(WebhookMessage, message["id"]).state = "failed"
    assert someone.post(again).status_code == 202
    renewed = someone.post(f"{path}/secret").json
    assert renewed is not None
    assert renewed["secret"] == secret(hub) != made.json["secret"]
    for wrong in ({"url": "http://example.org/", "kinds": ["rights.hold"]}, {"url": URL, "kinds": ["rights.none"]}):
        assert someone.post("/api/v1/webhooks", json=wrong).status_code == 422
    assert someone.ask("DELETE", path).json == {"items": []}
