"""The fields of the language of queries; apart from the grammar, which loads the parser's library."""

from __future__ import annotations

from collections.abc import Mapping

from . import colours
from .tree import DATES, TEXT

KEYWORDS = frozenset(
    {"creator", "tag", "campaign", "kind", "colour", "orientation", "niche", "status", "is", "has", "id", "custom"}
)
NUMBERS = frozenset({"duration", "width", "height", "er", "ctr", "roas"})
USES = frozenset({"usable", "platform", "territory", "until", "edits"})
ALIASES = {"color": "colour", "tags": "tag", "type": "kind", "edit": "edits"}
MEANT: Mapping[tuple[str, str], str] = {
    ("kind", "photo"): "image",
    ("orientation", "horizontal"): "landscape",
    ("orientation", "vertical"): "portrait",
    ("colour", "gray"): "grey",
    ("status", "approved"): "active",
    ("status", "reviewed"): "active",
    ("status", "pending"): "pending_review",
    ("status", "to review"): "pending_review",
    ("status", "on hold"): "hold",
    ("status", "taken-down"): "taken_down",
}
"""What people say for a value that is called otherwise."""
VALUES: Mapping[str, tuple[str, ...]] = {
    "kind": ("animation", "image", "video"),
    "orientation": ("landscape", "portrait", "square"),
    "status": ("received", "pending_review", "active", "hold", "taken_down"),
    "is": ("incomplete", "ready"),
    "has": (
        *("title", "description", "ocr", "transcript", "audio", "creator", "niche", "campaign", "tag", "colour"),
        *("kind", "orientation", "status", "width", "height", "duration", "submitted", "expires", "er", "ctr", "roas"),
    ),
    "colour": tuple(colours.NAMED),
}
"""All values of the fields that have only some, which others than these cannot have."""
NAMES = KEYWORDS | NUMBERS | DATES | USES | {TEXT}
