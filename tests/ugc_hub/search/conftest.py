"""An empty index of each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ugc_hub.search.engine import Engine
from ugc_hub.search.opening import open_index


@pytest.fixture(params=["tantivy:", "whoosh:"])
def url(request: pytest.FixtureRequest) -> str:
    """The setting of an index; every test that takes it runs on both engines."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    """An empty index."""
    made = open_index(url, tmp_path)
    yield made
    made.close()
