"""Duties in words: what whoever takes a copy promises to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "link_back": "Link back to the creator.",
    "inform": "Tell the creator where it runs.",
    "report_metrics": "Report to the creator how it performs.",
    "delete_after": "Delete the copy afterwards.",
    "approval": "Have the use approved by whoever gave the permission.",
    "pay": "Pay the fee that was agreed.",
    "platform_label": "Switch on the platform's paid-partnership label.",
    "label_ai": "Say visibly that AI made it.",
    "embed_source_type": "Keep the mark in the file that says how it was made.",
}


def duty_words(duty: Mapping[str, Any]) -> str:
    """Return one duty, as `rights.write_duty` writes it, as a sentence."""
    name = str(duty.get("duty", ""))
    text = duty.get("text")
    if name == "credit":
        return f"Name the creator: “{text}”." if text else "Name the creator."
    if name == "disclose":
        return _disclosure(duty)
    if name == "pay" and _amount(duty):
        return f"Pay {_amount(duty)}."
    words = _WORDS.get(name, f"{name.replace('_', ' ').capitalize()}.")
    return f"{words.removesuffix('.')}: “{text}”." if text else words


def confirmation(duty: Mapping[str, Any]) -> str:
    """Return what somebody states who confirms that a duty was done, as a sentence."""
    name = str(duty.get("duty", ""))
    if name == "pay":
        return f"{_amount(duty) or 'The fee that was agreed'} was paid."
    if name == "approval":
        return "Whoever gave the permission has approved the use."
    return f"This was done: {duty_words(duty)}"


def _amount(duty: Mapping[str, Any]) -> str:
    micros = duty.get("amount_micros")
    return f"{micros / 1_000_000:,.2f} {duty.get('currency') or ''}".strip() if isinstance(micros, int) else ""


def _disclosure(duty: Mapping[str, Any]) -> str:
    if duty.get("kind") == "compensated_endorser":
        return "Say that the person who recommends it was paid."
    labels = duty.get("labels")
    words = sorted(set(labels.values())) if isinstance(labels, dict) else []
    return f"Mark it as advertising: {', '.join(f'“{one}”' for one in words)}." if words else "Mark it as advertising."
