"""Makes a tree of the nodes that Whoosh's parser makes of a text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from whoosh.qparser import plugins, syntax

from . import colours
from .analysis import asked
from .dates import FIRST, LAST, advice, read_span
from .documents import spelled
from .folding import fold
from .grammar import AmountNode, FuzzyNode, mended, parser, seen_at_a_glance
from .joining import all_of, any_of, none_of
from .names import ALIASES, KEYWORDS, MEANT, NAMES, USES, VALUES
from .parting import any_value, hashtag, or_tagged, pieces
from .planning import LETTERS
from .shapes import Clock, Problem
from .tree import (
    DATES,
    TEXT,
    Amount,
    And,
    Everything,
    Fuzzy,
    Node,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Range,
    Term,
    Usable,
    Wildcard,
    Word,
    plain,
)
from .values import alone, amounts, between, same

MOST_CLAUSES = 40
"""Words, phrases and values of a query."""
MOST_PATTERNS = 4
"""Beginnings, wildcards and typing errors of a query: each looks at many words."""
_BROKEN = re.compile("[\0\ud800-\udfff]")
_SIGNS = re.compile(r"[*?\"]")
_OPERATORS = frozenset({"AND", "OR", "NOT", "ANDNOT"})
_SIGNED = re.compile(r"([^\W_]+)[~^]\d+(?:\.\d+)?")
"""A word with a number behind it that counts for nothing; `~1` and `~2` are taken by the grammar."""
_LABELLED = frozenset({"usable", "territory"})
"""What may be used, and where, is said by its name as well, in quotes."""
_ELSEWHERE = frozenset({"TO", "ANDMAYBE", "REQUIRE"})
"""Words that are signs at other places or in other languages of queries."""
_BEFORE = {"creator": "@\uff20\ufe6b", "tag": "#\uff03\ufe5f"}
"""Signs that may stand before a value, in all their widths."""
_STRAYED = "Behind a word may stand ~1 or ~2, for so many typing errors, and no other number."
_WEIGHED = "No word counts more than another here; ^ and the number behind it say nothing."


class Reader:
    """Reads one text."""

    def __init__(self, text: str, clock: Clock, *, typing: bool) -> None:
        self.problems: list[Problem] = []
        self._text = "".join(
            "\ufffd" if 0xD800 <= ord(letter) < 0xE000 or letter == "\0" else letter for letter in text
        )
        self._clock = clock
        self._typing = typing
        self._clauses = self._patterns = 0

    def tree(self) -> Node:
        """Return the tree; `problems` then says what could not be read."""
        text = self._text
        nodes = seen_at_a_glance(text)
        if nodes is None:
            text = mended(text, self._tell)
            try:
                nodes = parser().process(text)
            except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
                self._tell("This could not be read; it is searched for as words.", 0, len(text))
                nodes = syntax.AndGroup([syntax.WordNode(word) for word in text.split()])
        found = self._read(nodes)
        if found is None and not self.problems:
            self._tell("There is nothing in this to look for.", 0, len(text))
        if found is None:
            return Everything() if self._typing else Nothing()
        return found

    def _tell(self, message: str, start: int, end: int) -> None:
        self.problems.append(Problem(message, start, end))

    def _tell_of(self, node: syntax.SyntaxNode, message: str, *, once: bool = False) -> None:
        if once and any(one.message == message for one in self.problems):
            return
        start = getattr(node, "startchar", None)
        end = getattr(node, "endchar", None)
        self._tell(message, 0 if start is None else start, len(self._text) if end is None else end)

    def _read(self, node: syntax.SyntaxNode) -> Node | None:
        if isinstance(node, syntax.NotGroup):
            part = self._joined(node, And)
            return None if part is None else none_of(part)
        if isinstance(node, syntax.AndNotGroup):
            parts = [self._read(part) for part in node]
            wanted, unwanted = [*parts, None, None][:2]
            if unwanted is None:
                return wanted
            return all_of([none_of(unwanted)] if wanted is None else [wanted, none_of(unwanted)])
        if isinstance(node, syntax.GroupNode):
            return self._joined(node, Or if isinstance(node, syntax.OrGroup) else And)
        if isinstance(node, syntax.Operator):
            self._tell_of(node, _lacking(node.text.strip()))
            return None
        return self._clause(node)

    def _joined(self, group: syntax.GroupNode, kind: type[And | Or]) -> Node | None:
        parts = [found for found in map(self._read, group) if found is not None]
        return all_of(parts) if kind is And else any_of(parts)

    def _clause(self, node: syntax.SyntaxNode) -> Node | None:
        if isinstance(node, plugins.EveryPlugin.EveryNode):
            return Everything()
        if not isinstance(node, syntax.TextNode | syntax.RangeNode):
            self._tell_of(node, "This could not be read.")
            return None
        self._clauses += 1
        if self._clauses > MOST_CLAUSES:
            self._tell_of(node, f"A query has at most {MOST_CLAUSES} parts; the rest was left out.", once=True)
            return None
        if isinstance(node, AmountNode):
            return self._amount(node)
        name = (node.fieldname or TEXT).lower()
        name = ALIASES.get(name, name)
        found = self._field(node, name)
        if found is None and name in USES and getattr(node, "text", "?").strip():
            return Nothing()  # without this clause, more would be found than may be used so
        return found

    def _field(self, node: syntax.TextNode | syntax.RangeNode, name: str) -> Node | None:
        if isinstance(node, syntax.RangeNode):
            return self._range(node, name)
        if isinstance(node, plugins.PrefixPlugin.PrefixNode | plugins.WildcardPlugin.WildcardNode | FuzzyNode):
            return self._pattern(node, name)
        if name == TEXT:
            return self._words(node)
        if not node.text.strip():
            self._tell_of(node, f"{name}: needs a value.")
            return None
        return self._use(node, name) if name in USES else self._value(node, name)

    def _words(self, node: syntax.TextNode) -> Node | None:
        text = node.text.strip()
        tag = hashtag(text)
        if isinstance(node, plugins.PhrasePlugin.PhraseNode):
            if node.slop > 1:
                self._tell_of(node, "A phrase is looked for as it is written; there are no words left out of it.")
            if asked(text) == asked(""):
                return None
            return or_tagged(Phrase(" ".join(text.split())), tag)
        if text in _OPERATORS:
            self._tell_of(node, _lacking(text))
            return None
        if signed := _SIGNED.fullmatch(text):
            self._tell_of(node, _WEIGHED if "^" in text else _STRAYED)
            text = signed[1]
        if text.endswith(":") and text[:-1].lower() in NAMES | ALIASES.keys():
            self._tell_of(node, f"{text} needs a value.")
            return None
        if asked(text) == asked(""):
            return None
        text = text.lower() if text in _ELSEWHERE else text
        kind = Prefix if self._is_typed(node) and text[-1].isalnum() else Word
        text = f"#{tag}" if tag else text
        if plain(text) == text and 1 < len(parts := pieces(text)) <= MOST_CLAUSES - self._clauses:
            self._clauses += len(parts) - 1
            *words, last = parts
            return all_of([or_tagged(one, hashtag(one.text)) for one in (*map(Word, words), kind(last))])
        if plain(text) != text:
            return or_tagged(Phrase(" ".join(text.replace('"', " ").split())), tag)
        return or_tagged(kind(text), tag)

    def _is_typed(self, node: syntax.TextNode) -> bool:
        last = self._typing and getattr(node, "endchar", None) == len(self._text)
        return last and sum(letter.isalnum() for letter in fold(node.text)) >= LETTERS

    def _pattern(self, node: syntax.TextNode, name: str) -> Node | None:
        self._patterns += 1
        if self._patterns > MOST_PATTERNS:
            self._tell_of(node, f"A query has at most {MOST_PATTERNS} patterns; the rest was left out.", once=True)
            return None
        text = "".join(node.text.split())
        if isinstance(node, FuzzyNode) and name not in USES:
            return Fuzzy(text, node.distance, node.prefix) if name == TEXT else self._value(node, name)
        if not text.strip("*"):
            if name == TEXT:
                return Everything()
            if name in VALUES["has"]:
                return Term("has", name)
        if name not in KEYWORDS | {TEXT}:
            self._tell_of(node, f"{name}: takes no pattern.")
            return None
        if name == "custom" and text.rstrip("*").endswith("=") and (said := any_value(text.rstrip("=*"))):
            return said
        joker = plugins.WildcardPlugin.qmarks[1:]
        text = "".join("?" if letter in joker else letter for letter in text)
        bare = text.replace("*", "").replace("?", "")
        few = sum(letter.isalnum() for letter in fold(bare)) < LETTERS
        if few or plain(bare) != bare:
            self._tell_of(node, f"A pattern needs at least {LETTERS} letters, and no other signs than * and ?.")
            return None if few or name != TEXT else Phrase(" ".join(_SIGNS.sub(" ", text).split()))
        if isinstance(node, plugins.PrefixPlugin.PrefixNode):
            return Prefix(text, name)
        # Capitals beside a star would be read as an operator where the tree is written down and read again.
        return Wildcard(text.lower() if any(one in text for one in _OPERATORS) else text, name)

    def _range(self, node: syntax.RangeNode, name: str) -> Node | None:
        ends = tuple((end or "").strip() or None for end in (node.start, node.end))
        found: Range | None = None
        if name not in KEYWORDS | USES | {TEXT}:
            found = between(name, (ends[0], ends[1]), (not node.startexcl, not node.endexcl), self._clock)
        if found is None:
            self._tell_of(node, f"{name}: cannot be a range of this kind.")
        return self._ordered(node, found)

    def _amount(self, node: AmountNode) -> Node | None:
        found = amounts(node.name, node.ends, node.included, self._clock) if node.name else ()
        if not found:
            self._tell_of(node, "A range of a custom field is of numbers or dates.")
        return any_of([part for one in found if (part := self._ordered(node, one))])

    def _ordered(self, node: syntax.SyntaxNode, found: Range | Amount | None) -> Node | None:
        if found is not None and found.low is not None and found.high is not None and found.low > found.high:
            self._tell_of(node, "This range ends before it begins.")
        return found

    def _value(self, node: syntax.TextNode, name: str) -> Node | None:
        text = " ".join(node.text.replace('"', " ").split())
        if name in KEYWORDS:
            text = text.lstrip(_BEFORE.get(name, ""))
            text = MEANT.get((name, text.lower()), text)
            if not text:
                return None
            if (name, text.lower()) == ("status", "ready"):
                return Term("is", "ready")  # of the asset; the other states are of its rights
            if name == "colour" and (isinstance(node, FuzzyNode) or "~" in text or "#" in text or colours.asked(text)):
                return self._colour(node, text)
            if isinstance(node, FuzzyNode):
                self._tell_of(node, f"{name}: is looked for as it is written, without typing errors.")
            if self._is_typed(node) and plain(text) == text and text[-1].isalnum():
                return Prefix(text, name)
            if name == "custom":
                return self._said(node, text)
            if name in VALUES and spelled(text) not in VALUES[name]:
                self._tell_of(node, f"{text!r} is not a value of {name}:; there are {', '.join(VALUES[name])}.")
            return Term(name, text)
        found = same(name, text, self._clock)
        if found is None:
            known = f"a date from {FIRST} to {LAST}" if name in DATES else f"a value of {name}:"
            self._tell_of(node, f"{text!r} is not {known}.{advice(text) if name in DATES else ''}")
        return self._ordered(node, found)

    def _said(self, node: syntax.TextNode, text: str) -> Node:
        """What a field of a campaign says, `name=value`, or, of its name alone, that it says anything."""
        of, equal, value = (part.strip() for part in text.partition("="))
        if not equal or value == "*":
            return any_value(of) or Term("custom", text)
        amounts_of = [part for one in alone(of, value, self._clock) if (part := self._ordered(node, one))]
        return any_of([Term("custom", text), *amounts_of]) or Term("custom", text)

    def _colour(self, node: syntax.TextNode, text: str) -> Node | None:
        text = f"{text}~{node.distance}" if isinstance(node, FuzzyNode) else text
        if colours.asked(text) is None:
            self._tell_of(node, f"A colour is a name or #rrggbb, and how far others may be: ~0 to ~{colours.FARTHEST}.")
            return None
        return Term("colour", text.lower())

    def _use(self, node: syntax.TextNode, name: str) -> Node | None:
        text = " ".join(node.text.strip("\"' \t\r\n").split())
        if name == "until":
            span = read_span(text, replace(self._clock, ahead=True))
            if span is None or span[1] is None:
                self._tell_of(node, f"{text!r} is not a date that can be reached.")
                return None
            return Usable(until=(span[1] - timedelta(microseconds=1)).astimezone(self._clock.zone).date().isoformat())
        named = name in _LABELLED and isinstance(node, plugins.PhrasePlugin.PhraseNode) and asked(text) != asked("")
        if not text or (plain(text.replace(",", "")) != text.replace(",", "") and not named):
            self._tell_of(node, f"{name}: needs a word.")
            return None
        if name == "edits":
            return Usable(edits=tuple(sorted({one.lower() for one in text.split(",") if one})))
        if name == "territory":
            return Usable(territory=text.upper())
        return Usable(platform=text.lower()) if name == "platform" else Usable(channel=text.lower())


def _lacking(sign: str) -> str:
    return f"{sign} needs something {'behind it' if sign == 'NOT' else 'on both sides'}."
