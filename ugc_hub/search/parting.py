"""What a word of a query is besides a word: a hashtag, letters and pictures, the name of a field of a campaign."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from .analysis import asked
from .documents import spelled
from .folding import fold, placed
from .joining import any_of
from .tree import Node, Phrase, Prefix, Term, Word, plain


def any_value(of: str) -> Prefix | None:
    """Any value of a field of a campaign; None where its name can not be written before a star."""
    of = spelled(of)
    return Prefix(f"{of}=", "custom") if of and plain(of) == of else None


def pieces(text: str) -> list[str]:
    """Return letters and pictures of a word, `surf🌊`, apart: titles have blanks between them, or other words."""
    runs = [list(run) for _, run in groupby(placed(text), lambda one: any(map(str.isalnum, one.whole or "a")))]
    found = [text[run[0].start : run[-1].end] for run in runs]
    return [one if plain(one) == one else one.lower() for one in found]  # AND would be read as a sign


def hashtag(text: str) -> str:
    """Return the tag of a text that is a hashtag, whatever the width of its sign and the marks around it; else ""."""
    text = unicodedata.normalize("NFKC", text)
    if "#" not in text:
        return ""
    marks = "".join(one for one in text if unicodedata.category(one)[0] not in "LNM")
    tag = text.rstrip(marks).rpartition("#")[2]
    return tag if asked(text).forms == (fold(f"#{tag}"),) else ""


def or_tagged(word: Word | Prefix | Phrase, tag: str) -> Node:
    """What stands in a text, or, of a hashtag, is a tag that somebody gave the asset."""
    if not tag:
        return word
    given = Prefix(tag, "tag") if isinstance(word, Prefix) and plain(tag) == tag else Term("tag", tag)
    return any_of([word, given]) or word
