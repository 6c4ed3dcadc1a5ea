"""Licensing: grants and what is known of assets, in the database; every use is asked here."""

from .agreements import Agreed, agree, cover, keep_text, read_text
from .claims import (
    GROUNDS,
    ClaimView,
    Statement,
    Verdict,
    decide_claim,
    intake,
    list_claims,
)
from .clearing import Rebuilt, catch_up, queue_missing, rebuild
from .deciding import Kept, Use, ask, ask_many, demand, keep, replay, request_of
from .erasing import erase_asset, erase_creator, erase_shown
from .evidence import Proof, attach, verify
from .exporting import export_creator
from .facts import answer, measured, row_of, set_status
from .grants import Draft, add
from .importing import Imported, Stated, import_sheets
from .loading import Situation, load_facts, situation
from .milestones import Spent, milestone, record_usage
from .own import STATEMENT, declare_own
from .persons import PersonData, add_person, erase_person, keep_person, read_person, set_adult, update_person
from .policies import policy_of_agreement, policy_of_asset
from .replaying import Deviation, deviations
from .revoking import Withdrawal, revoke
from .sheets import Sheets, read_sheets
from .usable import count_usable, usable, usable_ids
from .versions import Change, set_state, supersede, write
from .wording import Told, sentence_of

__all__ = [
    "GROUNDS",
    "STATEMENT",
    "Agreed",
    "Change",
    "ClaimView",
    "Deviation",
    "Draft",
    "Imported",
    "Kept",
    "PersonData",
    "Proof",
    "Rebuilt",
    "Sheets",
    "Situation",
    "Spent",
    "Stated",
    "Statement",
    "Told",
    "Use",
    "Verdict",
    "Withdrawal",
    "add",
    "add_person",
    "agree",
    "answer",
    "ask",
    "ask_many",
    "attach",
    "catch_up",
    "count_usable",
    "cover",
    "decide_claim",
    "declare_own",
    "demand",
    "deviations",
    "erase_asset",
    "erase_creator",
    "erase_person",
    "erase_shown",
    "export_creator",
    "import_sheets",
    "intake",
    "keep",
    "keep_person",
    "keep_text",
    "list_claims",
    "load_facts",
    "measured",
    "milestone",
    "policy_of_agreement",
    "policy_of_asset",
    "queue_missing",
    "read_person",
    "read_sheets",
    "read_text",
    "rebuild",
    "record_usage",
    "replay",
    "request_of",
    "revoke",
    "row_of",
    "sentence_of",
    "set_adult",
    "set_state",
    "set_status",
    "situation",
    "supersede",
    "update_person",
    "usable",
    "usable_ids",
    "verify",
    "write",
]
