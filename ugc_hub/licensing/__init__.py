"""Licensing: grants and what is known of assets, in the database; every use is asked here."""

from .afterlife import come_due, review, settle
from .agreements import Agreed, agree, cover, keep_text, read_text
from .assigning import escalate
from .bounding import bounded
from .channels import channels_now, count_allowed, kept_channels, kept_for, singly_allowed
from .claims import (
    GROUNDS,
    ClaimView,
    Statement,
    Verdict,
    answer_claim,
    answer_of,
    decide_claim,
    escalate_claims,
    forget_claims,
    intake,
    list_claims,
)
from .clearing import Rebuilt, catch_up, queue_missing, rebuild
from .composing import Whole, closed_among, declare_composed, tie_parts, wholes_of
from .copies import Standing, Wanted, asked_again, copy_page, feed, find_usages, get_usage, standing
from .deciding import (
    Answers,
    Kept,
    Use,
    allowed_among,
    ask,
    ask_each,
    ask_many,
    demand,
    keep,
    keep_each,
    refusal,
    replay,
    request_of,
)
from .duties import by_words, confirmation, duty_words
from .enquiries import set_enquiries
from .erasing import erase_asset, erase_creator, erase_shown, forget_proofs
from .evidence import Proof, attach, verify
from .expiring import Ending, endings, untold
from .exporting import export_creator
from .facts import WORDS, answer, check_answers, measured, row_of, set_status
from .fulfilling import fulfil, take_back
from .grants import Draft, add
from .importing import Imported, Stated, import_sheets
from .inventory import Line, every_line, find_lines, may_keep, named, place, stop
from .leaving import Stamped
from .ledger import SAME_USE, Copy, Left, hand_over, hand_over_each, told_duties
from .licensable import Snippet, Wish, snippet
from .live import words_now
from .loading import Situation, load_facts, situation
from .milestones import Spent, milestone, record_usage
from .own import STATEMENT, declare_known, declare_own, doubt, is_own
from .persons import PersonData, add_person, erase_person, keep_person, read_person, set_adult, tie, update_person
from .policies import mining_page, mining_policy, policy_of_agreement, policy_of_asset
from .recalling import kept_terms
from .replaying import Deviation
from .revoking import Withdrawal, revoke
from .scrubbing import forget_places
from .sheets import Sheets, read_sheets
from .signing import ingredient_key
from .stamping import copy_key, kept_copy, manifest_key, stamp, stamp_each
from .stating import StatedUse
from .tasks import MOST_TASKS, TaskView, confirm, count_tasks, find_tasks, get_task, plain_task
from .totals import Total, plain_total, state_total, totals_of
from .usable import count_usable, usable, usable_ids, usable_now, usable_situations
from .versions import Change, set_state, supersede, write
from .watching import TransferEnded, Watch
from .witnessing import deviations
from .wording import Told, sentence_of

__all__ = [
    "GROUNDS",
    "MOST_TASKS",
    "SAME_USE",
    "STATEMENT",
    "WORDS",
    "Agreed",
    "Answers",
    "Change",
    "ClaimView",
    "Copy",
    "Deviation",
    "Draft",
    "Ending",
    "Imported",
    "Kept",
    "Left",
    "Line",
    "PersonData",
    "Proof",
    "Rebuilt",
    "Sheets",
    "Situation",
    "Snippet",
    "Spent",
    "Stamped",
    "Standing",
    "Stated",
    "StatedUse",
    "Statement",
    "TaskView",
    "Told",
    "Total",
    "TransferEnded",
    "Use",
    "Verdict",
    "Wanted",
    "Watch",
    "Whole",
    "Wish",
    "Withdrawal",
    "add",
    "add_person",
    "agree",
    "allowed_among",
    "answer",
    "answer_claim",
    "answer_of",
    "ask",
    "ask_each",
    "ask_many",
    "asked_again",
    "attach",
    "bounded",
    "by_words",
    "catch_up",
    "channels_now",
    "check_answers",
    "closed_among",
    "come_due",
    "confirm",
    "confirmation",
    "copy_key",
    "copy_page",
    "count_allowed",
    "count_tasks",
    "count_usable",
    "cover",
    "decide_claim",
    "declare_composed",
    "declare_known",
    "declare_own",
    "demand",
    "deviations",
    "doubt",
    "duty_words",
    "endings",
    "erase_asset",
    "erase_creator",
    "erase_person",
    "erase_shown",
    "escalate",
    "escalate_claims",
    "every_line",
    "export_creator",
    "feed",
    "find_lines",
    "find_tasks",
    "find_usages",
    "forget_claims",
    "forget_places",
    "forget_proofs",
    "fulfil",
    "get_task",
    "get_usage",
    "hand_over",
    "hand_over_each",
    "import_sheets",
    "ingredient_key",
    "intake",
    "is_own",
    "keep",
    "keep_each",
    "keep_person",
    "keep_text",
    "kept_channels",
    "kept_copy",
    "kept_for",
    "kept_terms",
    "list_claims",
    "load_facts",
    "manifest_key",
    "may_keep",
    "measured",
    "milestone",
    "mining_page",
    "mining_policy",
    "named",
    "place",
    "plain_task",
    "plain_total",
    "policy_of_agreement",
    "policy_of_asset",
    "queue_missing",
    "read_person",
    "read_sheets",
    "read_text",
    "rebuild",
    "record_usage",
    "refusal",
    "replay",
    "request_of",
    "review",
    "revoke",
    "row_of",
    "sentence_of",
    "set_adult",
    "set_enquiries",
    "set_state",
    "set_status",
    "settle",
    "singly_allowed",
    "situation",
    "snippet",
    "stamp",
    "stamp_each",
    "standing",
    "state_total",
    "stop",
    "supersede",
    "take_back",
    "tie",
    "tie_parts",
    "told_duties",
    "totals_of",
    "untold",
    "update_person",
    "usable",
    "usable_ids",
    "usable_now",
    "usable_situations",
    "verify",
    "wholes_of",
    "words_now",
    "write",
]
