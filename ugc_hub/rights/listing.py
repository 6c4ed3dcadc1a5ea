"""Listing: the edits and products that one grant is about, each asked by itself, as bits of a scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ugc_hub.rights.boxes import Scale
from ugc_hub.rights.clearing import ai_missing, edit_missing, product_missing, touches_any, touches_edits
from ugc_hub.rights.grants import Grant, Values
from ugc_hub.rights.vocabulary import Vocabulary


def edits_listed(grant: Grant, scale: Scale, words: Vocabulary) -> int:
    """Return the edits that a permission lists."""
    return _edits_listed(grant.edits, scale.edits, words.ai)


@lru_cache(maxsize=1024)
def _edits_listed(stated: Values, edits: tuple[str, ...], ai: frozenset[str]) -> int:
    grant = Grant("", "permit", edits=stated)
    missing = ((ai_missing if one in ai else edit_missing)(grant, frozenset({one})) for one in edits)
    return sum(1 << number for number, absent in enumerate(missing) if not absent)


def edits_spared(grant: Grant, scale: Scale, words: Vocabulary) -> int:
    """Return the edits that a prohibition of some edits does not touch."""
    return sum(
        1 << number
        for number, one in enumerate(scale.edits)
        if not touches_edits(grant.edits, words.editorial & {one}, words.ai & {one})
    )


def products_listed(grant: Grant, scale: Scale) -> int:
    """Return the products that a permission is for."""
    return _each(scale, lambda products: not product_missing(grant, products))


def products_spared(grant: Grant, scale: Scale) -> int:
    """Return the products that a prohibition is not about."""
    return _each(scale, lambda products: not touches_any(grant.products, products))


def _each(scale: Scale, allowed: Callable[[frozenset[str]], bool]) -> int:
    """The products that pass: none stated, any that no grant names, and each that one does."""
    unnamed = "".join(scale.products) + "."
    asked = [frozenset[str](), frozenset({unnamed}), *(frozenset({one}) for one in scale.products)]
    return sum(1 << number for number, one in enumerate(asked) if allowed(one))
