"""Licensing: grants and what is known of assets, in the database; every use is asked here."""

from .deciding import Kept, Use, ask, ask_many, demand, keep, replay, request_of
from .facts import answer, row_of, set_status
from .grants import Draft, add
from .loading import Situation, load_facts, situation
from .revoking import Withdrawal, revoke

__all__ = [
    "Draft",
    "Kept",
    "Situation",
    "Use",
    "Withdrawal",
    "add",
    "answer",
    "ask",
    "ask_many",
    "demand",
    "keep",
    "load_facts",
    "replay",
    "request_of",
    "revoke",
    "row_of",
    "set_status",
    "situation",
]
