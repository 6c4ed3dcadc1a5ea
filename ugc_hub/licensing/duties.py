"""Duties in words: what whoever takes a copy promises to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ugc_hub.rights import WORLD

from .wording import place_names, summarised

MOST_COUNTRIES = 12

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
    labels, placements = duty.get("labels"), duty.get("placements")
    if not isinstance(labels, dict) or not labels:
        return "Mark it as advertising."
    where = placements if isinstance(placements, dict) else {}
    told = [
        f"{place}: “{label}”{f', {placement}' if placement else ''}"
        for place, label, placement in by_words(labels, where)
    ]
    return f"Mark it as advertising {'; '.join(told)}."


def by_words(labels: Mapping[str, str], placements: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return where each word is for, the word, and where it has to stand; the world is told last, as the rest."""
    groups: dict[tuple[str, str], list[str]] = {}
    for country in sorted(labels, key=lambda one: (one == WORLD, one)):
        groups.setdefault((labels[country], placements.get(country, "")), []).append(country)
    found = []
    for (label, placement), countries in groups.items():
        named = summarised(countries)
        if named == [WORLD]:
            place = "everywhere else" if len(labels) > 1 else "everywhere"
        else:
            place = f"in {place_names(named, MOST_COUNTRIES)}"
        found.append((place, label, placement))
    return found
