"""The shape of the Tantivy index, and documents in it.

Tokens come parted by blanks from `analysis`, so Tantivy cuts nothing by itself.
"""

from __future__ import annotations

import math
import struct
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import Any

import tantivy

from .analysis import CLASSES
from .documents import CHANNELS, FACETS, FRACTIONS, OPTION, RANDOM_ORDERS, WHOLE_NUMBERS, Entry, chance_of

ID, TIE, RECENCY, CLEARANCE, VIEWERS, ALLOWED = "id", "tie", "recency", "clearance", "viewers", "allowed"
AMOUNTS = "amounts"
CHANCES = tuple(f"chance{order}" for order in range(RANDOM_ORDERS))
_SPLIT = "blanks"
_SIGN, _ALL_BITS = 1 << 63, (1 << 64) - 1
_DAY_MS = 86_400_000
_FIRST_MS = 14_610 * _DAY_MS
"""2010; what came in before counts as of then."""
_STEPS = 8192
_STEP_MS = 50 * 365.25 * _DAY_MS / _STEPS
HIGHEST_SCORE = 2048
"""Below it, what recency adds to a score is always less than one point."""


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the shape of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(ID, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name=_SPLIT, index_option="position")
    for name in (*CLASSES, "marks", VIEWERS, ALLOWED):
        builder.add_text_field(name, tokenizer_name=_SPLIT, index_option="basic")
    for name in (*FACETS, CHANNELS, OPTION):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in WHOLE_NUMBERS:
        builder.add_integer_field(name, fast=True)
    for name in FRACTIONS:
        builder.add_float_field(name, fast=True)
    builder.add_ip_addr_field(AMOUNTS, fast=True)
    builder.add_integer_field(CLEARANCE, indexed=True, fast=True)
    builder.add_integer_field(TIE, fast=True)
    for name in CHANCES:
        builder.add_integer_field(name, fast=True)
    builder.add_float_field(RECENCY, fast=True)
    return builder.build()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Teach an index how its texts are cut, and let its readers follow only when they are told to."""
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_SPLIT, blanks)
    index.config_reader("manual")
    return index


def document(entry: Entry) -> tantivy.Document:
    """Return an entry as Tantivy takes it."""
    tokens = entry.tokens
    content: dict[str, Any] = {
        ID: entry.id,
        "words": tokens.words,
        "strong": tokens.strong,
        "middle": tokens.middle,
        "weak": tokens.weak,
        "least": tokens.least,
        "marks": entry.marks,
        VIEWERS: entry.viewers,
        ALLOWED: entry.allowed,
        TIE: entry.tie,
        RECENCY: recency(int(entry.numbers["created"])),
    }
    for name, values in entry.facets.items():
        content[name] = list(dict.fromkeys(values)) if len(values) > 1 else values[0]
    for name, value in entry.numbers.items():
        content[name] = int(value) if name in _WHOLE else float(value)
    for order, name in enumerate(CHANCES):
        content[name] = chance_of(entry.tie, order)
    if entry.clearance is not None:
        content[CLEARANCE] = entry.clearance
    made = tantivy.Document.from_dict(content)
    for name, value in entry.amounts.items():
        made.add_ip_addr(AMOUNTS, amount_key(name, value))  # within the content it would be taken for a text
    return made


def amount_key(name: str, value: float) -> str:
    """Return where a number of a field of a campaign stands in the one column that holds all such numbers.

    It has 128 bits, which Tantivy knows as an address: 64 for the name, and 64 that rise with the number.
    """
    of_name = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
    bits = int.from_bytes(struct.pack(">d", value + 0.0), "big")  # -0.0 becomes 0.0
    rising = bits ^ _ALL_BITS if bits >> 63 else bits | _SIGN
    return str(IPv6Address(of_name << 64 | rising))


def recency(created: int) -> float:
    """Return the weight of a document by when it came in.

    Tantivy multiplies the score by log2(2 + weight). It becomes 1 to 1 + 2^-11, in steps of two days: whole scores
    below 2048 keep their order, and those alike come newest first, but for documents of the same days.
    """
    return _RECENCY[min(max(int((created - _FIRST_MS) / _STEP_MS), 0), _STEPS - 1)]


_WHOLE = frozenset(WHOLE_NUMBERS)
_RECENCY = tuple(math.pow(2.0, 1.0 + step / 2.0**24) - 2.0 for step in range(1, _STEPS + 1))
