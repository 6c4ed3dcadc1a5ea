"""Words of IPTC and PLUS: read however they are written, and nothing else."""

from __future__ import annotations

import pytest

from ugc_hub.rights import UnknownWord, data_mining, source_type, standard
from ugc_hub.rights.standards import DATA_MINING, PLUS, SOURCE_TYPES


@pytest.mark.parametrize("term", sorted(standard().source_types))
def test_a_source_type_is_read_as_code_qcode_or_address_in_any_case(term: str) -> None:
    secure = SOURCE_TYPES.replace("http:", "https:")
    for text in (term, term.upper(), f" {term} ", f"digsrctype:{term}", SOURCE_TYPES + term, secure + term.lower()):
        assert source_type(text) == term


@pytest.mark.parametrize("word", ["banana", "", "https://example.org/trainedAlgorithmicMedia", "x" * 100_000])
def test_other_words_are_refused(word: str) -> None:
    with pytest.raises(UnknownWord):
        source_type(word)
    with pytest.raises(UnknownWord):
        data_mining(word)


def test_what_looks_like_a_term_is_offered() -> None:
    with pytest.raises(UnknownWord) as refused:
        source_type("trainedAlgoritmicMedia")
    assert "trainedAlgorithmicMedia" in refused.value.near


@pytest.mark.parametrize(("key", "word"), sorted(DATA_MINING.items()))
def test_what_may_be_mined_is_read_as_key_word_or_address(key: str, word: str) -> None:
    for text in (key, word, word.lower(), PLUS + word, word.removeprefix("DMI-")):
        assert data_mining(text) == key


def test_every_term_but_an_open_one_tells_whether_ai_made_it() -> None:
    words = standard()
    assert [term for term in sorted(words.source_types) if not words.tells_ai(term)] == ["composite"]
    assert words.tells_ai("Composite") is False
