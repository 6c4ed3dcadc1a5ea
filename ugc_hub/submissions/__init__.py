"""Submissions: what is asked for, handed in with answers and agreement by whoever has a link, and reviewed."""

from .accounts import handle_code, prove_handle
from .answers import Answers, Other, read_answers
from .briefs import Brief, BriefView, brief_of, list_briefs, open_campaigns, read_brief, save_brief
from .checking import Failure, Seen, check
from .forms import DAYS, FormView, Sender, begin, begin_signed_in, keep_answers, look, may_begin, see
from .handing import NotHandedIn, Signed, confirm_address, hand_in, language_to_confirm
from .leaving import Removed, remove_drafts
from .letters import Letter, compose, language_of
from .links import LinkView, NewLink, list_links, make_link, revoke_link
from .mine import Mine, Whose, of_actor, of_token, own_asset, say_enquiries, see_mine, text_of_mine
from .receiving import FileView, files_of, give_reason, take_file, take_out
from .reviewing import Review, decide, queue, see_review
from .saying import say
from .speaking import ConsentView, guardian_says, pictured
from .speaking import look as look_at_consent
from .tokens import sign
from .withdrawing import Receipt, look_at_receipt, withdraw

__all__ = [
    "DAYS",
    "Answers",
    "Brief",
    "BriefView",
    "ConsentView",
    "Failure",
    "FileView",
    "FormView",
    "Letter",
    "LinkView",
    "Mine",
    "NewLink",
    "NotHandedIn",
    "Other",
    "Receipt",
    "Removed",
    "Review",
    "Seen",
    "Sender",
    "Signed",
    "Whose",
    "begin",
    "begin_signed_in",
    "brief_of",
    "check",
    "compose",
    "confirm_address",
    "decide",
    "files_of",
    "give_reason",
    "guardian_says",
    "hand_in",
    "handle_code",
    "keep_answers",
    "language_of",
    "language_to_confirm",
    "list_briefs",
    "list_links",
    "look",
    "look_at_consent",
    "look_at_receipt",
    "make_link",
    "may_begin",
    "of_actor",
    "of_token",
    "open_campaigns",
    "own_asset",
    "pictured",
    "prove_handle",
    "queue",
    "read_answers",
    "read_brief",
    "remove_drafts",
    "revoke_link",
    "save_brief",
    "say",
    "say_enquiries",
    "see",
    "see_mine",
    "see_review",
    "sign",
    "take_file",
    "take_out",
    "text_of_mine",
    "withdraw",
]
