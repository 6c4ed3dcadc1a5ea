"""Policies: what was agreed, in a form that other systems read (ODRL 2.2, JSON-LD)."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from ugc_hub import licensing
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, described

MEDIA_TYPE = "application/ld+json"
ANSWERS = {200: {"description": "The policy", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}}


def _policy(plain: dict[str, Any]) -> Response:
    return Response(json.dumps(plain), content_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})


@blueprint.get("/assets/<asset_id>/policy.jsonld")
@described("Rights", "What holds for an asset, as an ODRL policy", responses=ANSWERS)
def see_asset_policy(asset_id: str) -> Response:
    """Return permissions and prohibitions of all agreements about one asset; a policy decides nothing by itself."""
    return _policy(licensing.policy_of_asset(the_hub(), allowed("rights.view"), asset_id))


@blueprint.get("/agreements/<agreement_id>/policy.jsonld")
@described("Rights", "An agreement as an ODRL policy", responses=ANSWERS)
def see_agreement_policy(agreement_id: str) -> Response:
    """Return what the newest wording of an agreement allows and forbids."""
    return _policy(licensing.policy_of_agreement(the_hub(), allowed("rights.view"), agreement_id))
