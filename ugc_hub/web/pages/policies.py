"""What everybody may read of how rights are told: the terms of policies, and what a copy says of data mining."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, render_template, request

from ugc_hub import licensing
from ugc_hub.rights import PROFILE, profile, profile_terms
from ugc_hub.web.context import the_hub

from .blueprint import blueprint

LINKED = "application/ld+json"


def _linked(plain: dict[str, Any]) -> Response:
    return Response(json.dumps(plain), content_type=LINKED)


@blueprint.get(PROFILE)
def policy_profile() -> Response:
    """Say what the terms of the hub's policies mean: a page for people, JSON-LD for programs that ask for it."""
    hub = the_hub().settings.address
    if request.accept_mimetypes.best_match(["text/html", LINKED, "application/json"]) == "text/html":
        response = make_response(render_template("pages/profile.html", terms=profile_terms(), address=hub + PROFILE))
    else:
        response = _linked(profile(hub))
    response.headers["Vary"] = "Accept, Cookie"
    return response


@blueprint.get("/u/<usage_id>/mining.jsonld")
def mining_terms(usage_id: str) -> Response:
    """Say to everybody on which terms a copy that is out may be mined; links name this address."""
    response = _linked(licensing.mining_policy(the_hub(), usage_id))
    response.headers["Cache-Control"] = "no-store"
    return response
