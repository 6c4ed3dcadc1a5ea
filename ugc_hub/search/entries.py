"""What of a document the engines keep: its tokens, marks, columns and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import compress, product
from typing import NamedTuple

from .analysis import Analysed, Texts, Words, analysed, named
from .documents import NUMBERS, PROSE, Document, Said, amount, spelled, tie_of
from .keywords import CHANNELS_FIELD, KEYWORDS, OPTION_FIELD, Keyword


class Entry(NamedTuple):
    """A document as it is indexed."""

    id: str
    tokens: Analysed
    keywords: list[Keyword]
    present: str
    """Marks of the texts that there are, parted by blanks."""
    viewers: str
    allowed: str
    numbers: Mapping[str, float]
    amounts: Mapping[str, float]
    """Numbers and days of fields of campaigns; see `amount`."""
    clearance: int | None
    tie: int
    """A number of the id alone, 0..2^62, which decides between documents that are alike otherwise."""

    def marks(self) -> str:
        """Return `field=value` of all keywords, folded, parted by blanks."""
        return " ".join([*filter(None, [one.marks for one in self.keywords]), self.present])


def entry(document: Document) -> Entry:
    """Return what is indexed of a document.

    Raises:
        ValueError: a field has a name that does not exist, or several values where one is the most, or a viewer has
            a blank or is empty.
    """
    said, numbers = document.keywords, document.numbers
    try:
        keywords = [KEYWORDS[name][values] for name, values in said.items()]
    except KeyError:
        raise ValueError(f"unknown fields: {sorted(said.keys() - KEYWORDS)}") from None
    if not _NUMBERS.issuperset(numbers):
        raise ValueError(f"unknown fields: {sorted(numbers.keys() - _NUMBERS)}")
    names: list[Words] = [(one.words, one.forms) for one in keywords if one.words]
    if document.creator_name:
        names.append(named(document.creator_name))
    if document.channels:
        keywords.append(CHANNELS_FIELD[document.channels])
    amounts: dict[str, float] = {}
    if document.fields:
        keywords += _options(document.fields)
        amounts = dict(_amount(name, value) for name, value in document.fields.items() if not isinstance(value, str))
    title, description, ocr, transcript = document.title, document.description, document.ocr, document.transcript
    prose: Texts = (("strong", title), ("weak", description), ("least", ocr), ("least", transcript))
    if document.said:
        prose = (*prose, *(("weak", text) for text in document.said))
    return Entry(
        document.id,
        analysed(prose, names, document.language),
        keywords,
        _PRESENT[bool(title), bool(description), bool(ocr), bool(transcript)],
        _viewers(document.viewers),
        " ".join(document.allowed),
        {**numbers, "created": document.created},
        amounts,
        document.clearance,
        tie_of(document.id),
    )


def _options(said: Mapping[str, Said]) -> list[Keyword]:
    options = tuple(f"{spelled(name)}={value}" for name, value in said.items() if isinstance(value, str))
    return [OPTION_FIELD[options]] if options else []


def _amount(name: str, said: float | date) -> tuple[str, float]:
    if isinstance(said, date):
        return amount(name, days=True), said.toordinal()
    return amount(name, days=False), said


@lru_cache(maxsize=50_000)
def _viewers(viewers: tuple[str, ...]) -> str:
    if any(viewer.split() != [viewer] for viewer in viewers):
        raise ValueError("a viewer is a word without blanks")
    return " ".join(viewers)


_NUMBERS = frozenset(NUMBERS) - {"created"}
_PRESENT = {
    there: " ".join(f"has={name}" for name in compress(PROSE, there))
    for there in product((False, True), repeat=len(PROSE))
}
