"""ODRL: grants as a policy in JSON-LD that other systems read (W3C ODRL 2.2; RightsML of the IPTC is a profile of it).

`conflict` is always `prohibit`, because ODRL's default would void the whole policy on any conflict; constraints stand
on each rule, because evaluators do not look at those of a policy. Terms that ODRL has no word for come from a profile
whose address begins with that of the hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ugc_hub.rights.atlas import WORLD
from ugc_hub.rights.clearing import superseded
from ugc_hub.rights.grants import Duty, Grant, Revocation
from ugc_hub.rights.reading import write_instant
from ugc_hub.rights.vocabulary import EVERY

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
PROFILE = "/ns/ugc-odrl/1"
"""Path of the profile below the address of the hub; `profile` says what its terms mean."""
_COUNTRY = "https://www.iso.org/obp/ui/#iso:code:3166:"
_ACTIONS = ("reproduce", "distribute", "present")
DUTIES = {
    "credit": "attribute",
    "approval": "obtainConsent",
    "pay": "compensate",
    "inform": "inform",
    "delete_after": "delete",
}
"""Our duties with the ODRL action that means the same; others are of the profile."""
CAPS = {
    "uses": "odrl:count",
    "impressions": "ugc:impressions",
    "spend_micros": "ugc:spendMicros",
    "placements": "ugc:placements",
}
"""Our limits with the ODRL operand that counts the same; others are of the profile."""


@dataclass(frozen=True)
class Parties:
    """Who agreed, and under which address: `uid` of the agreement, `hub` the address of the hub without a slash."""

    hub: str
    uid: str
    assigner: str
    closed: Mapping[str, str] = field(default_factory=dict)
    """Assets that may not be used now whatever the grants say, with their status."""


def policy(grants: Iterable[Grant], parties: Parties, now: datetime) -> dict[str, Any]:
    """Return an ODRL Agreement of the grants that are in force or will be, as JSON-LD.

    A policy states what holds: grants that are not active, have ended by `now` or gave way to a newer version are left
    out, and so are permissions that leave a dimension open or cannot be proven, because here what is not stated is not
    granted, and in ODRL it would be granted without limit. A part that was revoked becomes a prohibition, and so does
    the state of an asset that is closed.
    """
    rows = sorted(grants, key=lambda one: one.id)
    gone = superseded(rows, now)
    permissions: list[dict[str, Any]] = []
    prohibitions = [_closed(asset, status, parties) for asset, status in sorted(parties.closed.items())]
    for grant in rows:
        end = _end(grant)
        if grant.state != "active" or (end is not None and end <= now):
            continue
        if not grant.permits:
            prohibitions += _rules(grant, parties)
        elif _complete(grant) and grant.id not in gone:
            permissions += _rules(grant, parties)
            for revocation in grant.partly_revoked:
                prohibitions += _rules(_withdrawn(grant, revocation), parties)
    found = {"permission": permissions, "prohibition": prohibitions}
    return {
        "@context": [CONTEXT, {"ugc": f"{parties.hub}{PROFILE}#"}],
        "@type": "Agreement",
        "uid": parties.uid,
        "profile": f"{parties.hub}{PROFILE}",
        "conflict": "prohibit",
        **{name: rules for name, rules in found.items() if rules},
    }


def _complete(grant: Grant) -> bool:
    stated = (grant.assets, grant.parties, grant.channels, grant.territories, grant.products)
    ends = grant.ends_at is not None or grant.perpetual
    return all(stated) and grant.evidence_ok and grant.starts_at is not None and ends


def _closed(asset: str, status: str, parties: Parties) -> dict[str, Any]:
    """An asset that is on hold, taken down or not reviewed yet, as the prohibition that this amounts to."""
    return {
        "uid": f"urn:ugc:status:{asset}",
        "target": f"urn:ugc:asset:{asset}",
        "assigner": f"urn:ugc:party:{parties.assigner}",
        "action": "use",
        "ugc:status": status,
    }


def _withdrawn(grant: Grant, revocation: Revocation) -> Grant:
    """The part of a permission that was revoked, as the prohibition that it amounts to."""
    return replace(
        grant,
        effect="prohibit",
        channels=revocation.channels or grant.channels,
        territories=revocation.territories or grant.territories,
        excluded_territories=frozenset(),
        starts_at=revocation.effective_at,
        edits=None,
        revocations=(),
        caps={},
    )


def _rules(grant: Grant, parties: Parties) -> list[dict[str, Any]]:
    """Return one rule for each asset and party: ODRL takes one target and one assignee a rule."""
    assets = sorted(grant.assets or {EVERY})
    if grant.permits:
        assets = [one for one in assets if one not in parties.closed]
    takers = sorted(grant.parties or {EVERY})
    return [_rule(grant, parties, asset, taker) for asset in assets for taker in takers]


def _rule(grant: Grant, parties: Parties, asset: str, taker: str) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "uid": f"urn:ugc:grant:{grant.id}",
        "target": _target(grant, asset),
        "assigner": f"urn:ugc:party:{parties.assigner}",
        "assignee": f"urn:ugc:party:{taker}",
        "action": _actions(grant),
        "ugc:layer": grant.layer,
    }
    if constraints := _constraints(grant):
        rule["constraint"] = constraints
    if grant.permits and (duties := _duties(grant, parties)):
        rule["duty"] = duties
    return rule


def _target(grant: Grant, asset: str) -> str:
    """The asset, or the part of it that is about a person, property or track."""
    name = f"urn:ugc:asset:{'all' if asset == EVERY else asset}"
    return f"{name}#{grant.subject}" if grant.subject else name


def _actions(grant: Grant) -> list[str]:
    """What may or may not be done; a prohibition of some edits leaves the use without them alone."""
    edits = [f"ugc:{name}" for name in sorted(grant.edits or ())]
    return edits if edits and not grant.permits else [*_ACTIONS, *edits]


def _constraints(grant: Grant) -> list[dict[str, Any]]:
    found = []
    for operator, instant in (("gteq", grant.starts_at), ("lt", _end(grant))):
        if instant is not None:
            value = {"@value": write_instant(instant), "@type": "xsd:dateTime"}
            found.append(_constraint("dateTime", operator, value))
    if grant.territories and WORLD not in grant.territories:
        found.append(_constraint("spatial", "isAnyOf", _places(grant.territories)))
    if grant.excluded_territories:
        found.append(_constraint("spatial", "isNoneOf", _places(grant.excluded_territories)))
    if grant.channels and EVERY not in grant.channels:
        found.append(_constraint("deliveryChannel", "isAnyOf", [f"ugc:{name}" for name in sorted(grant.channels)]))
    if grant.products and EVERY not in grant.products:
        found.append(_constraint("product", "isAnyOf", sorted(grant.products)))
    if grant.permits and EVERY in (grant.assets or ()):
        found.append(_constraint("ugc:status", "eq", "active"))
    found += [_constraint(CAPS.get(name, f"ugc:{name}"), "lt", cap) for name, cap in sorted(grant.caps.items())]
    return found


def _end(grant: Grant) -> datetime | None:
    return min((mark for mark in (grant.ends_at, grant.revoked_at) if mark), default=None)


def _places(codes: frozenset[str]) -> list[str]:
    return [_COUNTRY + code for code in sorted(codes)]


def _constraint(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _duties(grant: Grant, parties: Parties) -> list[dict[str, Any]]:
    found = [_duty(duty, parties) for duty in grant.duties]
    return [*found, {"action": "ensureExclusivity"}] if grant.exclusive else found


def _duty(duty: Duty, parties: Parties) -> dict[str, Any]:
    said = {f"ugc:{name}": value for name, value in sorted(duty.details.items())}
    attributed = {"attributedParty": f"urn:ugc:party:{parties.assigner}"} if duty.name == "credit" else {}
    return {"action": DUTIES.get(duty.name, f"ugc:{duty.name}"), "ugc:phase": duty.phase, **attributed, **said}
