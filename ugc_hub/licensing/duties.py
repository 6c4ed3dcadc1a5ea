"""Duties in words: what whoever takes a copy promises to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "link_back": "Link back to the creator.",
    "inform": "Tell the creator where it runs.",
    "report_metrics": "Report to the creator how it performs.",
    "delete_after": "Delete the copy afterwards.",
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
    words = _WORDS.get(name, f"{name.replace('_', ' ').capitalize()}.")
    return f"{words.removesuffix('.')}: “{text}”." if text else words


def _disclosure(duty: Mapping[str, Any]) -> str:
    if duty.get("kind") == "compensated_endorser":
        return "Say that the person who recommends it was paid."
    labels = duty.get("labels")
    words = sorted(set(labels.values())) if isinstance(labels, dict) else []
    return f"Mark it as advertising: {', '.join(f'“{one}”' for one in words)}." if words else "Mark it as advertising."
