"""Which requirements of the reliability page the suite shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import expect_none, place, python_files, tree_of

LAST = 96
SHOWN = [3, 4, 5, 6, 8, 9, 11, 21, 22, 24, 25, 26, 27, 29, 30, 31, 41, 45, *range(47, 55), 56, 58, 59, 82, 86]
"""Numbers of the requirements that this version promises; a new capability adds its own."""


def marks(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each requirement that a test file says it shows."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.req":
            for argument in node.args:
                yield node.lineno, ast.literal_eval(argument)


def test_every_mark_names_a_requirement() -> None:
    known = {f"R{number}" for number in range(1, LAST + 1)}
    named = [(path, line, name) for path in python_files("tests") for line, name in marks(path)]
    assert named
    expect_none([f"{place(path, line)} {name}" for path, line, name in named if name not in known])


def test_every_promised_requirement_is_shown_by_a_test() -> None:
    named = {name for path in python_files("tests") for _, name in marks(path)}
    expect_none([f"R{number}" for number in SHOWN if f"R{number}" not in named])
