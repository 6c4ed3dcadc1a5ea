"""Getting permission: requests and their answers, replies on platforms, releases, platform codes, partnerships."""

from . import wording
from .answering import Answer, Opened, accept, accepted, decline, opened, pictured, preview, text_digest
from .codes import Authorisation, add_code, list_codes, reveal, revoked_remotely
from .due import Done, due
from .letters import Letter, write
from .partnering import Signed, Terms, add_partnership, arrive, end, sign
from .releasing import Release, attach_file, keep_release
from .replies import Reply, capture, gone, invite
from .requesting import Ask, Filter, draft, find, get, send, take_back
from .scope import Choice, clean_scope, everything, narrow
from .sealing import Trace
from .templates import TemplateText, list_templates, save_template
from .terms import withdrawal
from .withdrawing import withdraw

__all__ = [
    "Answer",
    "Ask",
    "Authorisation",
    "Choice",
    "Done",
    "Filter",
    "Letter",
    "Opened",
    "Release",
    "Reply",
    "Signed",
    "TemplateText",
    "Terms",
    "Trace",
    "accept",
    "accepted",
    "add_code",
    "add_partnership",
    "arrive",
    "attach_file",
    "capture",
    "clean_scope",
    "decline",
    "draft",
    "due",
    "end",
    "everything",
    "find",
    "get",
    "gone",
    "invite",
    "keep_release",
    "list_codes",
    "list_templates",
    "narrow",
    "opened",
    "pictured",
    "preview",
    "reveal",
    "revoked_remotely",
    "save_template",
    "send",
    "sign",
    "take_back",
    "text_digest",
    "withdraw",
    "withdrawal",
    "wording",
    "write",
]
