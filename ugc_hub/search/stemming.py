"""The forms of a word: what is left of it without its ending, in each of seven languages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .stops import LANGUAGES

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

SHORTEST = 3
"""Letters of a stem; shorter ones would bring together what has nothing in common."""


@lru_cache(maxsize=1)
def _stemmers() -> dict[str, TextAnalyzer]:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return {
        code: TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer(name)).build()
        for code, name in LANGUAGES.items()
    }


@lru_cache(maxsize=200_000)
def stems(word: str, language: str = "") -> tuple[str, ...]:
    """Return the stems of a folded word, without the word itself; in one language, or in all of them.

    Words are folded first, so that an accent left out makes no difference; rules about accented endings are lost.
    """
    return stems_anew(word, language)


def stems_anew(word: str, language: str) -> tuple[str, ...]:
    """See `stems`: for those who keep what they ask for by themselves."""
    if not word.isalpha() or not word.isascii():
        return ()
    known = _stemmers()
    if language in known:
        (stem,) = known[language].analyze(word)
        return (stem,) if stem != word and len(stem) >= SHORTEST else ()
    found = dict.fromkeys([one.analyze(word)[0] for one in known.values()])
    return tuple([stem for stem in found if stem != word and len(stem) >= SHORTEST])
