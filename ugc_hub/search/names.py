"""The fields of the language of queries; apart from the grammar, which loads the parser's library."""

from __future__ import annotations

from .tree import DATES, TEXT

KEYWORDS = frozenset(
    {"creator", "tag", "campaign", "kind", "colour", "orientation", "niche", "status", "is", "has", "id", "custom"}
)
NUMBERS = frozenset({"duration", "width", "height", "er", "ctr", "roas"})
USES = frozenset({"usable", "platform", "territory", "until", "edits"})
ALIASES = {"color": "colour", "tags": "tag", "type": "kind", "edit": "edits"}
NAMES = KEYWORDS | NUMBERS | DATES | USES | {TEXT}
