"""The language of queries: Whoosh's parser with the fields of assets, dates in words, and `-` for NOT.

Text is first made to hold together (quotes and brackets that are left open are named and left out), then Whoosh makes
nodes of it, and `reading` makes a tree of those.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from whoosh.qparser import plugins, syntax
from whoosh.qparser.default import QueryParser
from whoosh.qparser.taggers import RegexTagger

from .dates import NATURAL
from .names import ALIASES, KEYWORDS, NAMES, USES
from .tree import DATES, TEXT

DEEPEST = 15
_NAMED = re.compile(r"(?:(?<![^\s(])(?P<without>-))?(?<![\w:/\"'])(?P<name>[^\W\d]\w*):(?!//)(?=[^\s:])")
_RANGE_START = re.compile(r"(?<=:)[\[{]")
_END = r"""'[^']*'|[^\]}'"]*?"""
_AMOUNT = re.compile(
    rf"""
    (?<![\w:]) custom: (?: "(?P<name>[^"=]+)" | (?P<bare>[^\s"'=<>:()\[\]{{}}]+) )
    (?: [:=]? (?P<open>[\[{{])\s* (?P<low>{_END}) \s*\bTO\b\s* (?P<high>{_END}) \s*(?P<close>[\]}}])
      | :? (?P<rel><=|>=|=<|=>|<|>) \s? (?: ["'](?P<quoted>[^"']+)["'] | (?P<value>{NATURAL.pattern}|[^\s"'=()]+) )
        (?=[\s)]|$)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""A range of what a field of a campaign says: `custom:name:[low TO high]`, `custom:"long name">5`."""
_SAID = re.compile(
    r"""
    (?<![\w:]) custom: (?: "(?P<name>[^"=]+)" | (?P<bare>[^\s"'=<>:()\[\]{}]+) )
    [:=] (?: "(?P<quoted>[^"]*)" | (?P<value>[^\s"'()<>=:\[\]{}][^\s"()]*) )""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a field of a campaign says, as it may be written beside `custom:"long name=value"`."""
_RANGE = re.compile(r"[\[{][^\]}]*\bTO\b[^\]}]*[\]}]", re.IGNORECASE)
_FIELDS = "|".join(sorted((KEYWORDS | USES | ALIASES.keys()) - {"custom", "until"}, key=len, reverse=True))
"""Those whose values are words alone, and neither dates nor numbers."""
_UNIT = re.compile(
    r"""
    (?<![\w:]) (?P<start> (?: duration | width | height | er | ctr ) : [<>=]{0,2} [+-]?\d[\d.,]* ) [ ]+
    (?P<unit> s|secs?|seconds?|m|mins?|minutes?|h|hours?|ms|px|% ) (?=[\s)]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A number and its unit with a blank between them, which would be a word to look for."""
_MEASURE = r"[+-]?\d[\d.,:]*(?:[ ]*(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?|ms|px|%))?"
_SPREAD = re.compile(
    rf"""
    (?<![\w:]) (?P<name> duration | width | height | er | ctr | roas ) :
    (?P<low>{_MEASURE}) (?: [ ]*\.\.[ ]* | [ ]+(?:to|-)[ ]+ ) (?P<high>{_MEASURE}) (?=[\s)]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A range of numbers with blanks in it: `10 to 30`, `10 sec..2 min`."""
_ELSEWHERE = (
    (re.compile(r"(?<!\S)\|{1,2}(?!\S)"), "Alternatives are written with OR between them; | says nothing."),
    (re.compile(r"(?<![^\s(])!(?=[^\W_])"), "What is to be left out is written with - before it; ! says nothing."),
    (
        re.compile(r"(?<=[*?])[^\W_*?]*~[12]?(?=[\s)]|$)"),
        "A pattern is asked for without typing errors; ~ says nothing.",
    ),
    (
        re.compile(r"(?<![^\s(])(?!NOT)(?i:not|no|nicht|niet)(?=\s+[^\s)])"),
        "What is to be left out is written with NOT in capitals, or with - before it. As a word, put this in quotes.",
    ),
)
"""Signs of other languages of queries, or at a place where they do nothing.

Function words are not asked for, so that `not lake` would find the lakes in silence.
"""
_PARTS = re.compile(
    rf'(?:(?i:(?P<field>{_FIELDS})):(?P<value>\w+(?:,\w+)*))|(?P<word>[^\W_]+)|"(?P<phrase>[^\W_]+(?: [^\W_]+)*)"'
)
_SIMPLE = re.compile(
    rf' *(?:(?:(?i:{_FIELDS}):\w+(?:,\w+)*|[^\W_]+|"[^\W_]+(?: [^\W_]+)*")(?: +|$))+',
)
_SIGNS = frozenset({"AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "NO", "NICHT", "NIET"})
"""Words that are something else to the parser, or that somebody may take for such."""
Tell = Callable[[str, int, int], None]


class FuzzyNode(syntax.TextNode):  # type: ignore[misc]
    """A word with a number of errors."""

    def __init__(self, text: str, distance: int, prefix: bool) -> None:
        super().__init__(text)
        self.distance = distance
        self.prefix = prefix


class _Fuzzy(plugins.TaggingPlugin):  # type: ignore[misc]
    expr = r"(?<!#)(?<![^\W_])(?P<text>[^\W_]+)~(?P<distance>[12])?(?P<prefix>[*])?(?=[\s)]|$)"

    def create(self, parser: object, match: re.Match[str]) -> FuzzyNode:
        return FuzzyNode(match["text"], int(match["distance"] or 1), bool(match["prefix"]))


class AmountNode(syntax.TextNode):  # type: ignore[misc]
    """A range of a field of a campaign, with its ends as they were written, and whether these belong to it."""

    def __init__(self, text: str, name: str, ends: tuple[str | None, str | None], included: tuple[bool, bool]) -> None:
        super().__init__(text)
        self.name = name
        self.ends = ends
        self.included = included


class _AmountTagger(RegexTagger):  # type: ignore[misc]
    def create(self, parser: object, match: re.Match[str]) -> AmountNode:
        found = match.groupdict()
        name = " ".join((found["name"] or found["bare"]).split())
        if relation := found["rel"]:
            value, equal = found["quoted"] or found["value"], "=" in relation
            limits = (None, value) if "<" in relation else (value, None)
            return AmountNode(match.group(), name, limits, (equal, equal))
        ends = (found["low"].strip("'") or None, found["high"].strip("'") or None)
        return AmountNode(match.group(), name, ends, (found["open"] == "[", found["close"] == "]"))


class _Amounts(plugins.Plugin):  # type: ignore[misc]
    def taggers(self, parser: object) -> list[tuple[RegexTagger, int]]:
        return [(_AmountTagger(_AMOUNT), -20)]


class _DateTagger(RegexTagger):  # type: ignore[misc]
    """Takes words behind the name of a date field together, as far as they are a date."""

    def match(self, parser: object, text: str, pos: int) -> object:
        name = re.search(r"(\w+):(?:[<>]=?|=[<>])?$", text[:pos])
        if name is None or name.group(1).lower() not in DATES | {"until"}:
            return None
        return super().match(parser, text, pos)

    def create(self, parser: object, match: re.Match[str]) -> syntax.WordNode:
        return syntax.WordNode(match.group())


class _Wildcards(plugins.WildcardPlugin):  # type: ignore[misc]
    """Takes several jokers in a row as one; alone, each would end the word before it."""

    expr = rf"(?P<text>[*{plugins.WildcardPlugin.qmarks}]+)"


class _Dates(plugins.Plugin):  # type: ignore[misc]
    def taggers(self, parser: object) -> list[tuple[RegexTagger, int]]:
        return [(_DateTagger(NATURAL), -10)]


@lru_cache(maxsize=1)
def parser() -> QueryParser:
    """Return the parser; it has no state."""
    names = "|".join(sorted(NAMES | ALIASES.keys(), key=len, reverse=True))
    negation = r"(^|(?<=[\s()]))(NOT(?=\s)|-(?=[^\s\-]))"
    return QueryParser(
        TEXT,
        None,
        plugins=[
            _Dates(),
            _Amounts(),
            plugins.SingleQuotePlugin(),
            plugins.FieldsPlugin(rf"(?i:(?<![\w:])(?P<text>{names}):)", remove_unknown=False),
            _Wildcards(),
            plugins.PhrasePlugin(r'"(?P<text>[^"]*)"(~(?P<slop>[1-9][0-9]{0,3}))?'),
            plugins.RangePlugin(),
            plugins.GroupPlugin(),
            plugins.OperatorsPlugin(Not=negation, AndMaybe=None, Require=None),
            plugins.GtLtPlugin(r"(?<=:)(?P<rel>(<=|>=|=<|=>|<|>))"),
            plugins.EveryPlugin(),
            _Fuzzy(),
        ],
    )


def seen_at_a_glance(text: str) -> syntax.GroupNode | None:
    """Return the nodes of words, phrases of them and plain values, which most questions are; None for what has to be
    read.

    The parser tries all its ways of reading at every place, which takes ten times as long.
    """
    if not _SIMPLE.fullmatch(text):
        return None
    found = []
    for match in _PARTS.finditer(text):
        field, value, word, phrase = match.group("field", "value", "word", "phrase")
        if (word or value or "").upper() in _SIGNS:
            return None
        if phrase:
            node = plugins.PhrasePlugin.PhraseNode(phrase, match.start("phrase"))
        else:
            node = syntax.WordNode(word or value).set_fieldname(field)
        found.append(node.set_range(*match.span("value" if field else 0)))
    return syntax.AndGroup(found)


def mended(text: str, tell: Tell) -> str:
    """Return a text of the same length whose quotes and brackets are closed; `tell` hears what was not."""
    said = _quoted(text)
    text = _SAID.sub(lambda match: match[0] if match.start() in said else _as_one(match), text)
    text = _SPREAD.sub(lambda match: match[0] if match.start() in said else _parted(match), text)
    text = _UNIT.sub(lambda match: match[0] if match.start() in said else _at_once(match), text)
    for sign, words in _ELSEWHERE:
        for match in sign.finditer(text):
            if match.start() not in said:
                tell(words, *match.span())
    letters = list(text)
    if text.count('"') % 2:
        last = text.rindex('"')
        tell("A quotation mark is not closed.", last, last + 1)
        letters[last] = " "
    within = _quoted(text)
    _close(letters, within, tell)
    within |= {number for match in _AMOUNT.finditer(text) for number in range(*match.span())}
    known = NAMES | ALIASES.keys()
    for match in _NAMED.finditer(text):
        if match.start() not in within and match["name"].lower() not in known:
            words = f"There is no field {match['name']!r}; what stands behind it is searched for."
            tell(words, *match.span("name"))
            letters[slice(*match.span())] = (match["without"] or "").rjust(len(match[0]))
    for match in _RANGE_START.finditer(text):
        if match.start() not in within and not _RANGE.match(text, match.start()):
            tell("A range is written [low TO high].", *match.span())
            letters[match.start()] = " "
    return "".join(letters)


def _quoted(text: str) -> set[int]:
    """The places within pairs of quotes."""
    quotes = [number for number, letter in enumerate(text) if letter == '"']
    return {number for start, end in zip(quotes[::2], quotes[1::2], strict=False) for number in range(start, end)}


def _as_one(match: re.Match[str]) -> str:
    """Write `custom:"long name":value` and `custom:name:"long value"` as the parser reads them, of the same length."""
    said = f"{match['name'] or match['bare']}={match['quoted'] or match['value'] or ''}"
    said = said if match["bare"] and match["value"] else f'"{said}"'
    return f"{match[0][: len('custom:')]}{said}".ljust(len(match[0]))


def _at_once(match: re.Match[str]) -> str:
    """Write a number with its unit as one word, of the same length."""
    return f"{match['start']}{match['unit']}".ljust(len(match[0]))


def _parted(match: re.Match[str]) -> str:
    """Write a range of numbers as one word, of the same length."""
    low, high = ("".join(match[name].split()) for name in ("low", "high"))
    return f"{match['name']}:{low}..{high}".ljust(len(match[0]))


def _close(letters: list[str], within: set[int], tell: Tell) -> None:
    places = [number for number, letter in enumerate(letters) if letter in "()" and number not in within]
    waiting: list[int] = []
    deepest = 0
    for number in places:
        if letters[number] == "(":
            waiting.append(number)
            deepest = max(deepest, len(waiting))
        elif waiting:
            waiting.pop()
        else:
            tell("A bracket is closed that was not opened.", number, number + 1)
            letters[number] = " "
    for number in waiting:
        tell("A bracket is not closed.", number, number + 1)
        letters[number] = " "
    if deepest > DEEPEST:
        tell(f"Brackets may be {DEEPEST} deep.", places[0], places[0] + 1)
        for number in places:
            letters[number] = " "
