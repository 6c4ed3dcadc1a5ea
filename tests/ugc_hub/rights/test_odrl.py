"""ODRL: what the hub's grants say, for systems that read policies; never more than the grants."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ugc_hub.rights import Duty, Grant, Parties, Revocation, policy, profile, profile_terms, standard
from ugc_hub.rights.odrl import CONTEXT

PARTIES = Parties("https://hub.example", "https://hub.example/agreements/agr_1/v1", "crt_ana")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def permit(**known: Any) -> Grant:
    values: dict[str, Any] = {
        "id": "grt_1",
        "effect": "permit",
        "assets": frozenset({"ast_1"}),
        "state": "active",
        "grantees": frozenset({"brand"}),
        "channels": frozenset({"email", "website"}),
        "territories": frozenset({"US"}),
        "starts_at": START,
        "ends_at": END,
        "products": frozenset("*"),
        "edits": frozenset({"crop"}),
        "evidence_ok": True,
    }
    return Grant(**{**values, **known})


def rules(kind: str, *grants: Grant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy(grants, PARTIES, NOW).get(kind, [])
    return found


def constraint(rule: dict[str, Any], left: str, operator: str) -> Any:
    found = [c["rightOperand"] for c in rule["constraint"] if (c["leftOperand"], c["operator"]) == (left, operator)]
    assert len(found) <= 1
    return found[0] if found else None


def test_a_permission_becomes_a_rule_with_every_limit_on_itself() -> None:
    made = policy([permit(duties=(Duty("credit", details={"text": "Photo: @ana"}),))], PARTIES, NOW)
    assert made["@type"] == "Agreement"
    assert made["conflict"] == "prohibit"
    assert made["@context"][0] == CONTEXT
    assert "constraint" not in made
    (rule,) = made["permission"]
    assert rule["target"] == "urn:ugc:asset:ast_1"
    assert (rule["assigner"], rule["assignee"]) == ("urn:ugc:party:crt_ana", "urn:ugc:party:brand")
    assert rule["action"] == ["reproduce", "distribute", "present", "ugc:crop"]
    assert constraint(rule, "dateTime", "gteq")["@value"] == "2026-01-01T00:00:00Z"
    assert constraint(rule, "dateTime", "lt")["@value"] == "2027-01-01T00:00:00Z"
    assert constraint(rule, "spatial", "isAnyOf") == ["https://www.iso.org/obp/ui/#iso:code:3166:US"]
    assert constraint(rule, "deliveryChannel", "isAnyOf") == ["ugc:email", "ugc:website"]
    (duty,) = rule["duty"]
    assert duty["action"] == "attribute"
    assert duty["attributedParty"] == "urn:ugc:party:crt_ana"


def test_the_world_but_some_places_and_all_channels_are_said_as_such() -> None:
    (rule,) = rules(
        "permission",
        permit(
            territories=frozenset({"WORLD"}),
            excluded_territories=frozenset({"RU"}),
            channels=frozenset("*"),
            caps={"impressions": 1000},
            exclusive=True,
        ),
    )
    assert constraint(rule, "spatial", "isAnyOf") is None
    assert constraint(rule, "spatial", "isNoneOf") == ["https://www.iso.org/obp/ui/#iso:code:3166:RU"]
    assert constraint(rule, "deliveryChannel", "isAnyOf") is None
    assert constraint(rule, "ugc:impressions", "lt") == 1000
    assert rule["duty"] == [{"action": "ensureExclusivity"}]


@pytest.mark.parametrize(
    "missing",
    [
        {"channels": None},
        {"territories": None},
        {"products": None},
        {"assets": None},
        {"grantees": None},
        {"starts_at": None},
        {"ends_at": None},
        {"evidence_ok": False},
        {"state": "pending"},
        {"ends_at": NOW},
        {"revocations": (Revocation(NOW),)},
    ],
)
def test_what_grants_nothing_here_grants_nothing_there(missing: dict[str, Any]) -> None:
    assert rules("permission", permit(**missing)) == []


def test_a_revoked_part_becomes_a_prohibition_and_an_end_to_come_shortens_the_term() -> None:
    part = Revocation(NOW, channels=frozenset({"email"}))
    later = Revocation(datetime(2026, 8, 1, tzinfo=UTC))
    (rule,) = rules("permission", permit(revocations=(part, later)))
    assert constraint(rule, "dateTime", "lt")["@value"] == "2026-08-01T00:00:00Z"
    (ban,) = rules("prohibition", permit(revocations=(part, later)))
    assert constraint(ban, "deliveryChannel", "isAnyOf") == ["ugc:email"]
    assert constraint(ban, "dateTime", "gteq")["@value"] == "2026-06-01T00:00:00Z"
    assert ban["action"] == ["reproduce", "distribute", "present"]


def test_a_prohibition_of_an_edit_bans_the_edit_and_not_the_use() -> None:
    ban = Grant("grt_2", "prohibit", state="active", edits=frozenset({"ai_training"}))
    (rule,) = rules("prohibition", ban)
    assert rule["action"] == ["ugc:ai_training"]
    assert rule["target"] == "urn:ugc:asset:all"
    assert "constraint" not in rule


def test_a_release_names_the_person_within_the_asset() -> None:
    (rule,) = rules("permission", permit(layer="likeness", subject="prs_1"))
    assert rule["target"] == "urn:ugc:asset:ast_1#prs_1"
    assert rule["ugc:layer"] == "likeness"


def test_what_gave_way_to_a_newer_version_is_no_permission_any_more() -> None:
    newer = permit(id="grt_2", channels=frozenset({"email"}), supersedes=frozenset({"grt_1"}))
    (rule,) = rules("permission", permit(), newer)
    assert rule["uid"] == "urn:ugc:grant:grt_2"
    waits = replace(newer, state="pending")
    (rule,) = rules("permission", permit(), waits)
    assert rule["uid"] == "urn:ugc:grant:grt_1"


def test_an_asset_that_is_closed_is_forbidden_whatever_the_grants_say() -> None:
    parties = replace(PARTIES, closed={"ast_1": "hold"})
    made = policy([permit(assets=frozenset({"ast_1", "ast_2"}))], parties, NOW)
    assert [rule["target"] for rule in made["permission"]] == ["urn:ugc:asset:ast_2"]
    (ban,) = made["prohibition"]
    assert (ban["target"], ban["action"], ban["ugc:status"]) == ("urn:ugc:asset:ast_1", "use", "hold")


def test_a_permission_for_all_assets_is_one_for_those_that_are_open() -> None:
    (rule,) = rules("permission", permit(assets=frozenset("*")))
    assert constraint(rule, "ugc:status", "eq") == "active"


def test_the_profile_says_what_every_term_of_a_policy_means() -> None:
    words = standard()
    whole = permit(
        channels=frozenset(words.channels),
        edits=words.editorial | words.ai | {"any_edit"},
        caps={"uses": 1, "impressions": 1, "spend_micros": 1, "placements": 1},
        duties=tuple(Duty(name) for name in ("credit", "link_back", "report_metrics", "pay", "inform", "approval")),
        assets=frozenset("*"),
    )
    said = set(re.findall(r'"ugc:([\w.]+)"', json.dumps(rules("permission", whole))))
    assert said <= {term.name for term in profile_terms()}
    address = "https://hub.example/ns/ugc-odrl/1"
    made = profile("https://hub.example")
    assert made["@id"] == address == policy([whole], PARTIES, NOW)["profile"]
    assert {f"{address}#{name}" for name in said} <= {one["@id"] for one in made["dcterms:hasPart"]}
