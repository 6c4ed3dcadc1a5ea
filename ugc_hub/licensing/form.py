"""The form of a grant in words: every member of its plain form, what it takes, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from . import checking
from .agreements import KINDS
from .checking import SIGNERS

REFERENCE = checking.REFERENCE
"""The page that is made of this module, of the vocabulary and of the form itself."""


@dataclass(frozen=True)
class Member:
    """One member: what it takes, what it is where nothing is said, and what it means."""

    takes: str
    default: str
    meaning: str


def _words(default: str, meaning: str) -> Member:
    return Member("list of words", default, meaning)


_NOTHING = "a permission allows nothing; a prohibition reaches all"
MEMBERS = {
    "effect": Member("`permit` or `prohibit`", "`prohibit`", "Whether it allows or forbids."),
    "layer": Member(
        "`copyright`, `likeness`, `property`, `music` or `platform`",
        "`copyright`",
        "The right that it is about; a use needs every layer that the asset has.",
    ),
    "subject": Member(
        "id",
        "none",
        "The person, property or track; `likeness` and `property` need one.",
    ),
    "state": Member(
        "`draft`, `pending`, `active`, `rejected` or `suspended`",
        "`active`",
        "Only `active` counts. A permission without a proof is written as `pending`.",
    ),
    "grantee": _words("the hub's own party", "Ids of those who may rely on it; `*` is anybody."),
    "sublicense_to": _words("nobody", "Ids of others to whom the grantee may pass it on."),
    "channels": _words(_NOTHING, "Channels; one covers those below it, `*` all of the vocabulary at signing."),
    "territories": _words(
        _NOTHING, "`WORLD`, groups, countries and subdivisions. Groups mean the countries of the day of signing."
    ),
    "exclude_territories": _words("none", "Places that are taken out of `territories`."),
    "products": _words(_NOTHING, "Products for which it holds; `*` is every product."),
    "edits": _words("none; a prohibition of all use", "Edits; `any_edit` is every editorial one and none by AI."),
    "starts_at": Member("instant with offset", "not known, so nothing is allowed", "The first instant of the term."),
    "ends_at": Member("instant with offset", "none", "The first instant at which it no longer holds."),
    "perpetual": Member("`true` or `false`", "`false`", "Without end; a permission needs this or an end."),
    "window": Member("object", "none", "The term in the contract's words, instead of the three above; see below."),
    "evidence_level": Member("0 to 4", "0", "How firmly it was agreed; see below."),
    "signed_at": Member("instant with offset", "not known", "When it was signed; counts for groups and exclusivity."),
    "signed_by_role": Member(
        "`creator`, `person`, `guardian`, `owner`, `agent` or `brand`", "not known", "Minors need `guardian`."
    ),
    "duties": Member("list of objects", "none", "What has to be done before, during or after a use; see below."),
    "exclusive": Member("`true` or `false`", "`false`", "Nobody else gets the same right; earlier licences survive."),
    "wind_down": Member(
        "object",
        "take down at the end",
        "What may stay live after the end: `mode` `may_remain` or `grace`, with `days`, on `channels`.",
    ),
    "max_uses": Member("number", "no limit", "Copies that may leave the hub."),
    "max_placements": Member("number", "no limit", "Links, and copies that name where they run."),
    "max_impressions": Member("number", "no limit", "How often it may be shown; the term ends when it is reached."),
    "max_spend_micros": Member("number", "no limit", "Millionths of a currency that may be spent; likewise."),
    "uses": Member("number", "not known, so nothing new is allowed", "What was used of `max_uses` so far."),
    "placements": Member("number", "as `uses`", "What was used of `max_placements` so far."),
    "impressions": Member("number", "as `uses`", "What was used of `max_impressions` so far."),
    "spend_micros": Member("number", "as `uses`", "What was used of `max_spend_micros` so far."),
    "vocab_version": Member("number", "1", "The vocabulary at signing; see `channels`."),
    "future_media": Member("`true` or `false`", "`false`", "`*` reaches channels that are added later."),
    "note": Member("text", "empty", "For those who read it here; decides nothing."),
}
"""Every member that may be given."""
SET_BY_HUB = ("id", "assets", "evidence_ok", "supersedes", "revocations")
"""Members of the form that follow from what is done to the grant; whoever gives them is refused."""
WINDOW = {
    "trigger": Member("`date`, `signature`, `delivery` or `first_publication`", "`date`", "What the term begins with."),
    "start": Member("day", "none", "For `date` the first day; for the others not before it."),
    "count": Member("number", "none", "How many `unit`; with `until` whichever ends first."),
    "unit": Member("`days`, `weeks`, `months` or `years`", "`months`", "What `count` counts."),
    "until": Member("day", "none", "The last day, inclusive."),
    "perpetual": Member("`true` or `false`", "`false`", "Without end."),
    "zone": Member("IANA time zone", "none", "Where its days begin; needed for every day, month and year."),
}
"""Members of `window`."""
DUTIES = {
    "credit": ("during", "`text`, `placement`: name the creator."),
    "link_back": ("during", "`url`: link to the creator."),
    "approval": ("pre", "Whoever gave the permission approves the use first."),
    "pay": ("pre", "`amount_micros`, `currency`: pay first."),
    "inform": ("during", "`within_days`: tell the creator where it runs."),
    "report_metrics": ("during", "`within_days`: report how it performs."),
    "delete_after": ("during", "`days`: delete the copy afterwards."),
}
"""Duties that the hub has words for, with the phase where none is said and the usual details; any other name is kept
and told as it is."""
AGREEMENT = {
    "kind": f"One of {', '.join(KINDS)}.",
    "title": "For people.",
    "agreement_id": "Of an agreement that this is a new version of.",
    "creator_id": "The creator who gives the right.",
    "person_id": "The person who gives it.",
    "licensor": "Who gives it, where it is neither.",
    "zone": "IANA time zone in which its dates are meant.",
    "revocable": "`no`, `with_notice` or `any_time`.",
    "notice_days": "Days from notice to end.",
    "covers": "Over months: `creator_id`, `campaign_id`, `from`, `to`; its grants reach what is handed in so.",
    "locale": "Language of the text.",
    "signed_at": "Instant with offset.",
    "signed_by_role": f"One of {', '.join(SIGNERS)}.",
}
"""Members of `agreement`."""
