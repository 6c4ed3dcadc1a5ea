"""What of rights is left for those who only need the answer: nothing that says who somebody is (data minimisation)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SOMEBODY = "a person"
"""How somebody is called whose name the reader does not need."""
_OF_PROOF = ("id", "kind", "captured_at", "checked_at")
_OF_CONDITION = {"note": "", "confirmed_by": "", "proof_id": None}


def veiled_grant(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a grant as `panel` shows it, without notes, addresses and hashes: of a proof, its kind and its date."""
    return {
        **found,
        "note": "",
        "evidence": [{name: one[name] for name in _OF_PROOF} for one in found["evidence"]],
        "revocations": [{**one, "note": ""} for one in found["revocations"]],
        "conditions": [{**one, **_OF_CONDITION} for one in found["conditions"]],
    }


def veiled_rights(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rights of an asset as `panel` shows them, without names of persons and notes."""
    people = [{**one, "name": f"Person {number}"} for number, one in enumerate(found["people"], 1)]
    return {**found, "status_note": "", "people": people}
