"""The rights of an asset as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ugc_hub import licensing
from ugc_hub.accounts import Actor, may, reads_papers
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import overview, panel, wording
from ugc_hub.licensing.missing import trashed, with_trash
from ugc_hub.rights import Decision, Reason, standard, world_atlas, write_duty

from .context import identity, the_hub
from .timeline import timeline

SOURCES = (
    ("digitalCapture", "Taken with a camera"),
    ("humanEdits", "Taken with a camera, edited by people"),
    ("algorithmicallyEnhanced", "Enhanced by AI"),
    ("compositeWithTrainedAlgorithmicMedia", "Parts made by AI"),
    ("trainedAlgorithmicMedia", "Made by AI"),
    ("digitalArt", "Drawn by people"),
)
COMPENSATION = (
    ("unknown", "Not known"),
    ("paid", "Paid"),
    ("gifted", "Product given"),
    ("affiliate", "Share of sales"),
    ("employee", "Employed by the brand"),
    ("none", "Nothing"),
)
STATUSES = {
    "pending_review": ("warn", "To review"),
    "active": ("good", "Approved"),
    "hold": ("bad", "On hold"),
    "taken_down": ("bad", "Taken down"),
    "erased": ("bad", "Erased"),
}
STANDINGS = {
    "running": ("good", "In force"),
    "ending": ("warn", "Ends soon"),
    "future": ("", "Not begun"),
    "pending": ("warn", "Waits for proof"),
    "unproven": ("bad", "Proof broken"),
    "draft": ("", "Draft"),
    "suspended": ("warn", "Suspended"),
    "rejected": ("", "Rejected"),
    "expired": ("", "Ended"),
    "revoked": ("bad", "Revoked"),
    "superseded": ("", "Replaced"),
}
ON_THE_PAGE = {"LAYER_UNKNOWN", "AI_STATUS_UNKNOWN", "ASSET_NOT_APPROVED", "ASSET_ON_HOLD", "AGE_UNKNOWN"}
LOOK_AT = {"EVIDENCE_BROKEN", "NOT_ACTIVE", "SUPERSEDED", "REVOKED", "PROHIBITED"}


def choices() -> dict[str, Any]:
    """Return the words that the forms of rights offer."""
    atlas = world_atlas()
    regions = [(name, group.title) for name in atlas.groups if (group := atlas.group(name))]
    tree = [(root.name, [n for n in standard().channels if n.startswith(f"{root.name}.")]) for root in overview.roots()]
    return {
        "tree": tree,
        "channel_name": wording.channel_name,
        "regions": regions,
        "countries": sorted(atlas.countries.items(), key=lambda one: one[1]),
        "place_name": atlas.name,
        "edits": [(name, words) for name, words in wording.EDITS.items()],
        "STATUSES": STATUSES,
        "STANDINGS": STANDINGS,
        "SOURCES": SOURCES,
        "COMPENSATION": COMPENSATION,
    }


def shown(hub: Hub, actor: Actor, asset_id: str, args: MultiDict[str, str] | None = None) -> dict[str, Any]:
    """Return what the section of rights needs; nothing of it for those who do not see rights."""
    if not may(actor, "rights.view"):
        return {"rights": None}
    with hub.database.read() as session:
        found = panel.rights_of(hub, session, actor, asset_id)
        persons = reads_papers(actor)
        states = overview.channel_states(hub, session, asset_id, persons=persons)
        answer = why(hub, session, asset_id, args, persons=persons) if args and args.get("channel") else None
        binned = [one for one in trashed(session, [asset_id]).get(asset_id, []) if one.asset_id != asset_id]
    running = {"running", "ending"}
    released = {
        grant["terms"].get("subject"): grant["id"]
        for grant in found["grants"]
        if grant["terms"]["layer"] == "likeness" and grant["standing"] in running
    }
    return {
        "rights": found,
        "binned": binned,
        "states": states,
        "answer": answer,
        "timeline": timeline(found["grants"], hub.now()),
        "released": released,
        "asked": args or {},
        **choices(),
    }


def use_of(args: MultiDict[str, str]) -> licensing.Use:
    """Read a question of the form: a channel, places, a day, edits.

    Raises:
        Invalid: the day is none.
    """
    text = args.get("day", "").strip()
    try:
        day = datetime.combine(datetime.fromisoformat(text).date(), time(12), UTC) if text else None
    except ValueError as error:
        raise Invalid("The day is written as 2026-06-30.", extra={"field": "day"}) from error
    places = tuple(args.getlist("territory"))
    return licensing.Use(args.get("channel", ""), places, frozenset(args.getlist("edit")), at=day)


def why(
    hub: Hub, session: Session, asset_id: str, args: MultiDict[str, str], *, persons: bool = True
) -> dict[str, Any]:
    """Return a decision in words, each reason with its grants and a way on; without `persons` it does not name them."""
    decision = with_trash(session, asset_id, licensing.ask(hub, session, asset_id, use_of(args)))
    names = overview.subject_names(hub, session, asset_id, persons=persons)
    return {
        "decision": decision,
        "reasons": [(_named(reason, names), _way(reason)) for reason in decision.reasons],
        "duties": [duty_words(write_duty(duty)) for duty in decision.duties],
        "allowed_in": wording.summarised(_with(decision, "allow")),
        "denied_in": wording.summarised(_with(decision, "deny")),
    }


def _named(reason: Reason, names: Mapping[str, str]) -> Reason:
    """A reason with names in place of ids."""
    sentence, step = overview.named(reason.sentence, names), overview.named(reason.next_step, names)
    return replace(reason, sentence=sentence, next_step=step)


def spoken(text: str) -> str:
    """Return words of a decision with names for ids, for whoever may know them."""
    if not overview.names_somebody(text):
        return text
    hub, who = the_hub(), identity()
    with hub.database.read() as session:
        return overview.with_names(hub, session, text, persons=who is not None and reads_papers(who.actor))


def _with(decision: Decision, verdict: str) -> list[str]:
    return [place for place, given in decision.territory_decisions.items() if given == verdict]


def _way(reason: Reason) -> tuple[str, dict[str, str]] | None:
    """Where the next step can be done: `page`, `duty`, `grant`, `change` or `new`, and what that address needs."""
    if reason.code in ON_THE_PAGE:
        return ("page", {})
    if reason.code == "PRE_DUTY_UNMET" and reason.grants:
        return ("duty", {"grant_id": reason.grants[0], "duty": reason.detail or ""})
    if reason.code in LOOK_AT and reason.grants:
        return ("grant", {"grant_id": reason.grants[0]})
    if reason.code == "NO_GRANT":
        return ("new", {"layer": reason.layer or "copyright", "subject": reason.subject or ""})
    return ("change", {"grant_id": reason.grants[0]}) if reason.grants else None


DUTIES = {
    "credit": "Credit the creator",
    "disclose": "Disclose that it is advertising",
    "platform_label": "Switch on the platform's paid-partnership label",
    "label_ai": "Label it as made by AI",
    "embed_source_type": "Keep the mark of how it was made in the file",
    "inform": "Tell the creator",
    "link_back": "Link to the creator",
    "report_metrics": "Report the numbers",
    "delete_after": "Delete it afterwards",
    "approval": "Have it approved first",
    "pay": "Pay first",
}


def duty_words(duty: dict[str, Any]) -> str:
    """Return a duty in words, with what it asks for exactly."""
    name = DUTIES.get(str(duty["duty"]), str(duty["duty"]).replace("_", " "))
    labels = duty.get("labels")
    details = duty.get("text")
    if isinstance(labels, dict):
        told = licensing.by_words(labels, duty.get("placements") or {})
        details = "; ".join(f"{place} “{label}”{f', {where}' if where else ''}" for place, label, where in told)
    return f"{name}: {details}" if details else name
