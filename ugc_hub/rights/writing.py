"""Writing: records as JSON values, in the form that `reading` takes; `read(write(x)) == x`."""

from __future__ import annotations

from typing import Any

from ugc_hub.rights.decisions import Decision, Reason
from ugc_hub.rights.facts import AssetFacts
from ugc_hub.rights.grants import Duty, Grant, Revocation, Values
from ugc_hub.rights.reading import write_instant
from ugc_hub.rights.requests import Request


def write_request(request: Request) -> dict[str, Any]:
    """Write a request; what it does not state is left out."""
    plain = {
        "operation": request.operation,
        "parties": sorted(request.parties),
        "asset": request.asset,
        "ingredients": list(request.ingredients),
        "beds": list(request.beds),
        "keeps_sound": request.keeps_sound or None,
        "channel": request.channel,
        "territories": list(request.territories),
        "edits": sorted(request.edits),
        "products": sorted(request.products),
        "at": _instant(request.at),
        "from": _instant(request.starts_at),
        "to": _instant(request.ends_at),
        "now": _instant(request.now),
        "duty_state": dict(request.duty_state),
    }
    return {name: value for name, value in plain.items() if value not in (None, [], {})}


def write_facts(facts: AssetFacts) -> dict[str, Any]:
    """Write the rights facts of one asset."""
    people = None if facts.people is None else [{"id": one.id, "adult": one.is_adult} for one in facts.people]
    made = {"edits": sorted(facts.edits)} if facts.edits else {}  # most have none, and are told as they always were
    return {
        "id": facts.id,
        "kind": facts.kind,
        "status": facts.status,
        "digital_source_type": facts.digital_source_type,
        "has_audio": facts.has_audio,
        "is_testimonial": facts.is_testimonial,
        "compensation": facts.compensation,
        "people": _listed(people),
        "property": _listed(None if facts.properties is None else list(facts.properties)),
        "music": {"state": facts.music, "items": list(facts.tracks)},
        "ingredients": list(facts.ingredients),
        **made,
    }


def write_grant(grant: Grant) -> dict[str, Any]:
    """Write a grant, its groups of countries expanded."""
    rest = grant.wind_down
    plain: dict[str, Any] = {
        "id": grant.id,
        "effect": grant.effect,
        "layer": grant.layer,
        "subject": grant.subject,
        "assets": _values(grant.assets),
        "state": grant.state,
        "grantee": _values(grant.grantees),
        "sublicense_to": _values(grant.sublicensees),
        "channels": _values(grant.channels),
        "territories": _values(grant.territories),
        "exclude_territories": sorted(grant.excluded_territories),
        "starts_at": write_instant(grant.starts_at),
        "ends_at": write_instant(grant.ends_at),
        "perpetual": grant.perpetual,
        "products": _values(grant.products),
        "edits": _values(grant.edits),
        "evidence_level": grant.evidence_level,
        "evidence_ok": grant.evidence_ok,
        "signed_at": write_instant(grant.signed_at),
        "signed_by_role": grant.signed_by_role,
        "duties": [{**write_duty(duty), "phase": duty.phase} for duty in grant.duties],
        "exclusive": grant.exclusive,
        "supersedes": sorted(grant.supersedes),
        "revocations": [_revocation(one) for one in grant.revocations],
        "wind_down": rest and {"mode": rest.mode, "days": rest.days, "channels": sorted(rest.channels)},
        "vocab_version": grant.vocabulary_version,
        "future_media": grant.future_media,
    }
    for name, cap in grant.caps.items():
        plain |= {f"max_{name}": cap, name: grant.counters.get(name)}
    return plain


def write_duty(duty: Duty) -> dict[str, Any]:
    """Write a duty as it is handed out: its name and details."""
    return {"duty": duty.name, **duty.details}


def write_reason(reason: Reason) -> dict[str, Any]:
    """Write a reason with its words."""
    return {
        "reason": reason.key,
        "code": reason.code,
        "layer": reason.layer,
        "subject": reason.subject,
        "asset": reason.asset,
        "detail": reason.detail,
        "grants": list(reason.grants),
        "territories": list(reason.territories),
        "sentence": reason.sentence,
        "next_step": reason.next_step,
    }


def write_decision(decision: Decision) -> dict[str, Any]:
    """Write a decision in full, as it is kept and handed out."""
    return {
        "decision": decision.decision,
        "primary_reason": decision.primary_reason,
        "reasons": [reason.key for reason in decision.reasons],
        "explanations": [write_reason(reason) for reason in decision.reasons],
        "duties": [write_duty(duty) for duty in decision.duties],
        "grants_used": list(decision.grants_used),
        "valid_until": write_instant(decision.valid_until),
        "territory_decisions": dict(decision.territory_decisions),
        "rule_version": decision.rule_version,
        "vocabulary_version": decision.vocabulary_version,
    }


def _revocation(revocation: Revocation) -> dict[str, Any]:
    return {
        "effective_at": write_instant(revocation.effective_at),
        "basis": revocation.basis,
        "channels": _values(revocation.channels),
        "territories": _values(revocation.territories),
    }


def _instant(instant: Any) -> str | None:
    """Write an instant of a request; one without an offset is kept as it is, to be refused again."""
    if instant is None or instant.utcoffset() is None:
        return instant and str(instant.isoformat())
    return write_instant(instant)


def _listed(items: list[Any] | None) -> dict[str, Any]:
    return {"state": "unknown" if items is None else "listed" if items else "none", "items": items or []}


def _values(values: Values) -> list[str] | None:
    return None if values is None else sorted(values)
