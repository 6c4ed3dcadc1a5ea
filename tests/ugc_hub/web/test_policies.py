"""Policies by API: who may read what was agreed, and in which form."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.test_delivery import made
from tests.ugc_hub.web.conftest import Person
from ugc_hub import delivery, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, StatedUse
from ugc_hub.licensing.giving import renew
from ugc_hub.models import Grant
from ugc_hub.rights import PROFILE


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


def test_a_policy_tells_what_holds_now(hub: Hub, program: Callable[..., Person]) -> None:
    asset, viewer = asset_row(hub, creator="ana"), program("viewer")
    old, other = clear(hub, asset), clear(hub, asset, channels=["press"])
    with hub.database.write() as session:
        version = licensing.agree(hub, session, SYSTEM, Agreed("licence"))
        for one in (old, other):
            session.get_one(Grant, one).version_id = version.id
    (new,) = renew(hub, SYSTEM, grant_id=old, change={"channels": ["email"]})

    def allowed(address: str) -> list[str]:
        return [rule["uid"] for rule in json.loads(viewer.get(address).data).get("permission", [])]

    addresses = [f"/api/v1/assets/{asset}/policy.jsonld", f"/api/v1/agreements/{version.agreement_id}/policy.jsonld"]
    for address in addresses:
        assert set(allowed(address)) == {f"urn:ugc:grant:{other}", f"urn:ugc:grant:{new['id']}"}
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    for address in addresses:
        assert allowed(address) == []
        (ban,) = json.loads(viewer.get(address).data)["prohibition"]
        assert (ban["target"], ban["ugc:status"]) == (f"urn:ugc:asset:{asset}", "hold")


def test_everybody_may_read_what_the_terms_of_policies_mean(hub: Hub, stranger: Person) -> None:
    page = stranger.get(PROFILE, headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert "ugc:paid_social.meta" in page.text
    linked = stranger.get(PROFILE, headers={"Accept": "application/ld+json"})
    assert linked.mimetype == "application/ld+json"
    assert json.loads(linked.data)["@id"] == hub.settings.address + PROFILE


@pytest.mark.parametrize("said", ["prohibited", "allowed"])
def test_a_link_names_the_terms_of_mining_at_an_address_that_everybody_may_read(
    hub: Hub, stranger: Person, said: str
) -> None:
    asset = free_row(hub)
    with hub.database.write() as session:
        licensing.row_of(hub, session, asset).data_mining = said
    link = delivery.make_link(hub, SYSTEM, made(hub, asset), stated=StatedUse("email", ("US",)))
    answer = stranger.get(f"/d/{link.token}", headers={"Host": "localhost:1"})
    if said == "allowed":
        assert "tdm-reservation" not in answer.headers
        return
    assert answer.headers["tdm-reservation"] == "1"
    address = answer.headers["tdm-policy"]
    assert address.startswith(f"{hub.settings.address}/u/")
    terms = stranger.get(address.removeprefix(hub.settings.address))
    assert terms.mimetype == "application/ld+json"
    told = json.loads(terms.data)
    assert told["uid"] == address
    assert told["permission"][0]["action"] == "tdm:mine"
    assert asset not in terms.text
    assert stranger.get("/u/use_nothing/mining.jsonld").status_code == 404
