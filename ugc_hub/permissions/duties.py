"""The duties that come with a permission: naming the creator, paying the fee."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ugc_hub.models import Creator


def duties_of(creator: Creator | None, scope: Mapping[str, Any], *, pay: bool = True) -> list[dict[str, Any]]:
    """Return the duties of a scope; a fee that is due before the use has to be paid before publishing."""
    duties: list[dict[str, Any]] = []
    if scope["credit"] and creator is not None:
        duties.append({"duty": "credit", "phase": "during", "text": creator.credit_line or f"@{creator.handle}"})
    if scope["fee_micros"] and pay:
        phase = "pre" if scope["fee_due"] == "before_use" else "post"
        amount = {"amount_micros": scope["fee_micros"], "currency": scope["currency"]}
        duties.append({"duty": "pay", "phase": phase, **amount})
    return duties
