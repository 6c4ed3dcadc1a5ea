"""The shape of the Tantivy index, and documents in it.

Tokens come parted by blanks from `analysis`, so Tantivy cuts nothing by itself.
"""

from __future__ import annotations

import math
import struct
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address
from json.encoder import encode_basestring as quoted

import tantivy

from .analysis import BETWEEN, CLASSES
from .documents import CHANNELS, CLEARANCE, FACETS, FRACTIONS, OPTION, RANDOM_COLUMNS, WHOLE_NUMBERS, chances
from .entries import Entry

ID, TIE, RECENCY, VIEWERS, ALLOWED = "id", "tie", "recency", "viewers", "allowed"
AMOUNTS = "amounts"
CHANCES = tuple(f"chance{order}" for order in range(RANDOM_COLUMNS))
_CHANCES = ",".join(f'"{name}":%d' for name in CHANCES)
_SPLIT, _PARTED, _UNLISTED = "blanks", "texts", "unlisted"
_SIGN, _ALL_BUT_SIGN = 1 << 63, (1 << 63) - 1
_FRACTION_BITS, _WHOLE_BITS = struct.Struct(">d"), struct.Struct(">q")
_DAY_MS = 86_400_000
_FIRST_MS = 14_610 * _DAY_MS
"""2010; what came in before counts as of then."""
_STEPS = 8192
_STEP_MS = 50 * 365.25 * _DAY_MS / _STEPS
_UNSURE = 10
"""Steps that a number of 32 bits may be wrong by."""
HIGHEST_SCORE = 2048
"""Below it, what recency adds to a score is always less than one point."""


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the shape of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(ID, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name=_PARTED, index_option="position")
    for name in (*CLASSES, "marks", VIEWERS, ALLOWED):
        builder.add_text_field(name, tokenizer_name=_SPLIT, index_option="basic")
    for name in FACETS:  # they are columns only; their lists are among the marks
        builder.add_text_field(name, tokenizer_name=_UNLISTED, index_option="basic", fast=True)
    for name in (CHANNELS, OPTION):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in (*WHOLE_NUMBERS, *FRACTIONS):
        builder.add_integer_field(name, fast=True)
    builder.add_ip_addr_field(AMOUNTS, fast=True)
    builder.add_integer_field(CLEARANCE, indexed=True, fast=True)
    builder.add_integer_field(TIE, fast=True)
    for name in CHANCES:
        builder.add_integer_field(name, fast=True)
    builder.add_float_field(RECENCY, fast=True)
    return builder.build()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Teach an index how its texts are cut, and let its readers follow only when they are told to."""
    blanks, whole = tantivy.Tokenizer.whitespace, tantivy.Tokenizer.raw
    index.register_tokenizer(_SPLIT, tantivy.TextAnalyzerBuilder(blanks()).build())
    # What stands between two texts takes a place, so that no phrase reaches across, and is not indexed itself.
    between = tantivy.Filter.custom_stopword([BETWEEN.strip()])
    index.register_tokenizer(_PARTED, tantivy.TextAnalyzerBuilder(blanks()).filter(between).build())
    nothing = tantivy.Filter.remove_long(0)
    index.register_tokenizer(_UNLISTED, tantivy.TextAnalyzerBuilder(whole()).filter(nothing).build())
    index.register_fast_field_tokenizer(_UNLISTED, tantivy.TextAnalyzerBuilder(whole()).build())
    index.config_reader("manual")
    return index


def document(entry: Entry) -> str:
    """Return an entry as Tantivy reads it: JSON, put together by hand, which costs half of an object of the library.

    Tokens hold letters, digits, emoji and none of what JSON means by itself; the rest is quoted.
    """
    tie, tokens, keywords = entry.tie, entry.tokens, entry.keywords
    marks = " ".join([one.kept for one in keywords])
    said = [
        f'{{"{ID}":{quoted(entry.id)},"{TIE}":{tie},"{RECENCY}":{recency(int(entry.numbers["created"]))}'
        f',"words":"{tokens.words}","strong":"{tokens.strong}","middle":"{tokens.middle}","weak":"{tokens.weak}"'
        f',"marks":"{marks} {entry.present}","{VIEWERS}":{_QUOTED[entry.viewers]}',
        _CHANCES % tuple(chances(tie)),
    ]
    if tokens.least:
        said.append(f'"least":"{tokens.least}"')
    if entry.allowed:
        said.append(f'"{ALLOWED}":{_QUOTED[entry.allowed]}')
    said += [one.listed for one in keywords if one.listed]
    said += [f'"{name}":{int(value) if name in _WHOLE else rising(value)}' for name, value in entry.numbers.items()]
    if entry.clearance is not None:
        said.append(f'"{CLEARANCE}":{entry.clearance}')
    if entry.amounts:
        keys = (f'"{amount_key(name, value)}"' for name, value in entry.amounts.items())
        said.append(f'"{AMOUNTS}":[{",".join(keys)}]')
    return ",".join(said) + "}"


class _Quoted(dict[str, str]):
    """Text -> the same in JSON; the same ones come again and again."""

    MOST = 50_000

    def __missing__(self, text: str) -> str:
        if len(self) >= self.MOST:
            self.clear()
        found = self[text] = quoted(text)
        return found


_QUOTED = _Quoted()


def rising(value: float) -> int:
    """Return where a fraction stands in its column: a whole number of 64 bits, with a sign, that rises with it.

    A fraction itself would be read from JSON with errors in its last digit.
    """
    (bits,) = _WHOLE_BITS.unpack(_FRACTION_BITS.pack(value + 0.0))  # -0.0 becomes 0.0
    return int(bits if bits >= 0 else bits ^ _ALL_BUT_SIGN)


def fraction(place: int) -> float:
    """Return the fraction that stands at a place; see `rising`."""
    (value,) = _FRACTION_BITS.unpack(_WHOLE_BITS.pack(place if place >= 0 else place ^ _ALL_BUT_SIGN))
    return float(value)


def amount_key(name: str, value: float) -> str:
    """Return where a number of a field of a campaign stands in the one column that holds all such numbers.

    It has 128 bits, which Tantivy knows as an address: 64 for the name, and 64 that rise with the number.
    """
    of_name = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
    return str(IPv6Address(of_name << 64 | rising(value) + _SIGN))


def recency(created: int) -> str:
    """Return the weight of a document by when it came in, as JSON.

    Tantivy multiplies the score by log2(2 + weight). It becomes 1 to 1 + 2^-11, in steps of two days: whole scores
    below 2048 keep their order, and those alike come newest first, but for documents of the same days.
    """
    return _RECENCY[_step(created)]


def weighed(score: float, created: int) -> float:
    """Return about what becomes of a score by recency; see `recency`."""
    return score * (1 + (_step(created) + 1) / 2.0**24)


def came_in(score: float, weighed: float) -> tuple[int | None, int | None]:
    """Return from and to when documents came in whose score may become this one by recency; None is open."""
    step = (weighed / score - 1) * 2.0**24
    low, high = math.floor(step) - _UNSURE, math.ceil(step) + _UNSURE
    ends = [int(_FIRST_MS + number * _STEP_MS) for number in (low, high)]
    return None if low <= 0 else ends[0], None if high >= _STEPS else ends[1]


def _step(created: int) -> int:
    return min(max(int((created - _FIRST_MS) / _STEP_MS), 0), _STEPS - 1)


_WHOLE = frozenset(WHOLE_NUMBERS)
_RECENCY = tuple(repr(math.pow(2.0, 1.0 + step / 2.0**24) - 2.0) for step in range(1, _STEPS + 1))
