"""A pytest plugin that prints the requirement marks of every collected test: `-p tests.house.marks --collect-only`."""

from __future__ import annotations

import pytest

PREFIX = "requirement "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Print one line for each mark: the name, then the test."""
    for item in items:
        for mark in item.iter_markers("req"):
            for name in mark.args:
                print(f"{PREFIX}{name} {item.nodeid}")
