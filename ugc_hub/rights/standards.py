"""Words of the lists of others, however they are written: how a picture was made (IPTC), what may be mined (PLUS)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from ugc_hub.rights.vocabulary import standard

DATA_MINING = {
    "unspecified": "DMI-UNSPECIFIED",
    "allowed": "DMI-ALLOWED",
    "prohibited": "DMI-PROHIBITED",
    "no_ai_training": "DMI-PROHIBITED-AIMLTRAINING",
    "no_generative_training": "DMI-PROHIBITED-GENAIMLTRAINING",
    "search_only": "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "see_constraint": "DMI-PROHIBITED-SEECONSTRAINT",
    "see_embedded_rights": "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR",
    "see_linked_rights": "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR",
}
"""What the creator said about mining and training, with the PLUS word for it (LDF 2.0.1)."""
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PLUS = "http://ns.useplus.org/ldf/vocab/"
_PREFIXES = ("digsrctype:", "plus:")
MOST_NEAR = 3


class UnknownWord(ValueError):
    """A word is not in its list; `near` are those that look like it."""

    def __init__(self, word: str, near: Iterable[str]) -> None:
        self.near = tuple(near)
        super().__init__(word)


def source_type(text: str) -> str:
    """Return the IPTC digital source type that a text names: the code, its QCode or its address, in any case.

    Raises:
        UnknownWord: the list has no such term.
    """
    return _found(text, {term.casefold(): term for term in standard().source_types}, SOURCE_TYPES)


def data_mining(text: str) -> str:
    """Return the key of `DATA_MINING` that a text names: the key, the PLUS word or its address, in any case.

    Raises:
        UnknownWord: the list has no such term.
    """
    words = {word.casefold(): key for key, word in DATA_MINING.items()}
    words |= {word.removeprefix("DMI-").casefold(): key for key, word in DATA_MINING.items()}
    return _found(text, words | {key: key for key in DATA_MINING}, PLUS)


def _found(text: str, words: Mapping[str, str], scheme: str) -> str:
    word = text.strip().casefold()
    for beginning in (scheme, scheme.replace("http:", "https:"), *_PREFIXES):
        word = word.removeprefix(beginning.casefold())
    known = words.get(word)
    if known is None:
        near = (words[one] for one in get_close_matches(word[:100], words, MOST_NEAR))
        raise UnknownWord(text, dict.fromkeys(near))
    return known
