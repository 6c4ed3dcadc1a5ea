"""Policies by API: who may read what was agreed, and in which form."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft


def test_an_asset_and_its_agreement_are_read_as_policies(hub: Hub, program: Callable[..., Person]) -> None:
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    with hub.database.write() as session:
        version = licensing.agree(hub, session, SYSTEM, Agreed("licence"))
        plain = {"effect": "prohibit", "state": "active", "channels": ["tv"]}
        licensing.add(hub, session, SYSTEM, Draft(plain, (asset,), version.id))
        licensing.add(hub, session, SYSTEM, Draft({**plain, "channels": ["print"]}, None, version.id))
    viewer = program("viewer")
    answer = viewer.get(f"/api/v1/assets/{asset}/policy.jsonld")
    assert answer.mimetype == "application/ld+json"
    policy = json.loads(answer.data)
    assert policy["uid"] == f"{hub.settings.address}/assets/{asset}"
    assert [rule["target"] for rule in policy["permission"]] == [f"urn:ugc:asset:{asset}"]
    assert {rule["target"] for rule in policy["prohibition"]} == {f"urn:ugc:asset:{asset}", "urn:ugc:asset:all"}
    agreed = json.loads(viewer.get(f"/api/v1/agreements/{version.agreement_id}/policy.jsonld").data)
    assert agreed["uid"].endswith(f"/agreements/{version.agreement_id}/v1")
    assert "permission" not in agreed
    assert len(agreed["prohibition"]) == 2


def test_policies_are_not_for_creators_and_strangers_and_only_of_what_there_is(
    hub: Hub, program: Callable[..., Person], stranger: Person
) -> None:
    asset = asset_row(hub)
    assert program("creator").get(f"/api/v1/assets/{asset}/policy.jsonld").status_code == 403
    assert stranger.get(f"/api/v1/assets/{asset}/policy.jsonld").status_code == 401
    viewer = program("viewer")
    assert viewer.get("/api/v1/assets/ast_nowhere/policy.jsonld").status_code == 404
    assert viewer.get("/api/v1/agreements/agr_nowhere/policy.jsonld").status_code == 404
