"""Rights: may we use this, here, now, like this? One pure function, the records it takes, and what they mean.

`decide` answers; `read_*` and `write_*` carry the records in and out of JSON. Nothing here reads a clock, a file other
than its own vocabulary, or a database. docs/explanation/rights.md explains how a decision is made.
"""

from ugc_hub.rights.allowing import allowed_of
from ugc_hub.rights.atlas import WORLD, Atlas, Group, Reach, world_atlas
from ugc_hub.rights.clearing import superseded
from ugc_hub.rights.dates import (
    DateRefused,
    Milestones,
    Term,
    Window,
    day_begins,
    normalise,
    period_after,
    period_from,
    resolve,
    until_inclusive,
)
from ugc_hub.rights.deciding import decide, invalid
from ugc_hub.rights.decisions import RULE_VERSION, Decision, Reason
from ugc_hub.rights.embedding import Credits, Embedding, embed
from ugc_hub.rights.facts import AssetFacts, Person
from ugc_hub.rights.grants import Duty, Grant, Revocation, WindDown, worked_out
from ugc_hub.rights.narrowing import narrower
from ugc_hub.rights.odrl import PROFILE, Parties, policy
from ugc_hub.rights.overlay import OverlayRefused, overlaid
from ugc_hub.rights.profile import profile, profile_terms
from ugc_hub.rights.questions import Malformed
from ugc_hub.rights.reading import read_facts, read_grant, read_instant, read_request, write_instant
from ugc_hub.rights.reasons import codes
from ugc_hub.rights.requests import Request
from ugc_hub.rights.revoking import RevocationEffect, RevocationEvent, effect_of, read_event
from ugc_hub.rights.simulation import overlooked, simulate
from ugc_hub.rights.standards import UnknownWord, data_mining, source_type
from ugc_hub.rights.vocabulary import ANY_EDIT, EVERY, Channel, Vocabulary, read_vocabulary, standard
from ugc_hub.rights.writing import write_decision, write_duty, write_facts, write_grant, write_reason, write_request

__all__ = [
    "ANY_EDIT",
    "EVERY",
    "PROFILE",
    "RULE_VERSION",
    "WORLD",
    "AssetFacts",
    "Atlas",
    "Channel",
    "Credits",
    "DateRefused",
    "Decision",
    "Duty",
    "Embedding",
    "Grant",
    "Group",
    "Malformed",
    "Milestones",
    "OverlayRefused",
    "Parties",
    "Person",
    "Reach",
    "Reason",
    "Request",
    "Revocation",
    "RevocationEffect",
    "RevocationEvent",
    "Term",
    "UnknownWord",
    "Vocabulary",
    "WindDown",
    "Window",
    "allowed_of",
    "codes",
    "data_mining",
    "day_begins",
    "decide",
    "effect_of",
    "embed",
    "invalid",
    "narrower",
    "normalise",
    "overlaid",
    "overlooked",
    "period_after",
    "period_from",
    "policy",
    "profile",
    "profile_terms",
    "read_event",
    "read_facts",
    "read_grant",
    "read_instant",
    "read_request",
    "read_vocabulary",
    "resolve",
    "simulate",
    "source_type",
    "standard",
    "superseded",
    "until_inclusive",
    "worked_out",
    "world_atlas",
    "write_decision",
    "write_duty",
    "write_facts",
    "write_grant",
    "write_instant",
    "write_reason",
    "write_request",
]
