"""Cells of a sheet, read strictly: what is wrong is collected with its row and column, and told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ugc_hub.creators import clean_handle
from ugc_hub.errors import Invalid

MOST_PROBLEMS = 20
LONGEST_NAME = 100
LONGEST_CELL = 500
NAMES = frozenset({"grant_id", "asset_id", "supersedes", "creator_handle", "handle"})
"""Columns whose cells name something; those of all others may be longer."""


class Problems:
    """Collects what is wrong, with file, row and column, so that a sheet is corrected in one go."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, place: str, column: str, words_: str) -> None:
        """Note one problem."""
        self.found.append(f"{place}, column {column}: {words_}")

    def refuse(self) -> None:
        """Raise if anything was noted.

        Raises:
            Invalid: with the first problems in words.
        """
        if self.found:
            more = len(self.found) - MOST_PROBLEMS
            tail = f" And {more} more." if more > 0 else ""
            raise Invalid(
                " ".join(self.found[:MOST_PROBLEMS]) + tail, code="sheet_refused", extra={"problems": self.found}
            )


class Row:
    """One row with the means to read and refuse its cells."""

    def __init__(self, place: str, cells: Mapping[str, str], problems: Problems) -> None:
        self.place, self.cells, self.problems = place, cells, problems

    def sound(self) -> bool:
        """Note cells that are too long or hold characters that nobody can see, and return whether there are none."""
        before = len(self.problems.found)
        for column, value in self.cells.items():
            longest = LONGEST_NAME if column in NAMES else LONGEST_CELL
            if len(value) > longest:
                self.problems.add(self.place, column, f"it has {len(value):,} characters, {longest} at most.")
            if not value.isprintable():
                self.problems.add(self.place, column, "it holds line breaks or other invisible characters.")
        return len(self.problems.found) == before

    def text(self, column: str, *, needed: bool = True) -> str:
        """Return a cell; empty is noted where something is needed."""
        value = (self.cells.get(column) or "").strip()
        if needed and not value:
            self.problems.add(self.place, column, "it is empty.")
        return value

    def one(self, column: str, known: Iterable[str]) -> str:
        """Return a cell that holds one of the known words."""
        value, listed = self.text(column), list(known)
        if value and value not in listed:
            self.problems.add(self.place, column, f"{value!r} is not known. It is one of {', '.join(listed)}.")
        return value

    def many(self, column: str, table: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
        """Return what the words of a cell, parted by |, mean by a table."""
        found: list[str] = []
        for word in filter(None, self.text(column).split("|")):
            if word not in table:
                self.problems.add(self.place, column, f"{word!r} is not known. Known are {', '.join(table)}.")
            found += table.get(word, ())
        return tuple(dict.fromkeys(found))

    def day(self, column: str, *, needed: bool = True) -> date | None:
        """Return a cell with a day such as 2025-06-30."""
        found: date | None = self._as(column, date.fromisoformat, "is no day such as 2025-06-30", needed=needed)
        return found

    def amount(self, column: str) -> Decimal | None:
        """Return a cell with a number that is not negative."""
        value: Decimal | None = self._as(column, Decimal, "is no number")
        if value is not None and not (value.is_finite() and value >= 0):
            self.problems.add(self.place, column, f"{value} is no amount.")
        return value

    def _as(self, column: str, read: Callable[[str], Any], wrong: str, *, needed: bool = True) -> Any:
        text = self.text(column, needed=needed)
        try:
            return read(text) if text else None
        except (ValueError, InvalidOperation):
            self.problems.add(self.place, column, f"{text!r} {wrong}.")
            return None

    def handle(self, column: str) -> str:
        """Return a creator's handle as the hub writes it."""
        text = self.text(column)
        try:
            return clean_handle(text) if text else ""
        except Invalid as error:
            self.problems.add(self.place, column, error.message)
            return ""
