"""A pytest plugin that prints the requirement marks of every collected test: `-p tests.house.marks --collect-only`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

PREFIX = "requirement "


def marked(items: Iterable[pytest.Item]) -> list[tuple[str, str]]:
    """Requirement and test, for every mark."""
    marks = ((item.nodeid, mark) for item in items for mark in item.iter_markers("req"))
    return [(name, test) for test, mark in marks for name in mark.args]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Print one line for each mark: the name, then the test."""
    for name, test in marked(items):
        print(f"{PREFIX}{name} {test}")
