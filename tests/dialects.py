"""Statements that tests hand on: to write one as SQL takes longer than a small database takes to answer it.

An engine remembers the SQL of the statements that it has sent. A hub has one for years, a test for a moment, and
would write all of them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.util import LRUCache

MOST_STATEMENTS = 2000
_Remembered = tuple[Any, LRUCache[Any, Any]]
_known: dict[object, _Remembered] = {}


def remembering(url: Any, **options: Any) -> Engine:
    """As `create_engine`, but what engines of the same kind have remembered is known already."""
    engine = create_engine(url, **options)
    if "options" in engine.url.query:  # a schema of one's own, which a dialect learns when it connects
        return engine
    kind = (engine.dialect.name, options.get("json_deserializer"))
    if kind in _known:
        vars(engine.dialect)["initialize"] = lambda connection: None  # what it would ask a connection is known, too
        engine.dialect, engine._compiled_cache = _known[kind]
        engine.pool._dialect = engine.dialect
        return engine

    def remember(*_: object) -> None:
        # From now on, as a dialect asks the first connection for what it has to know.
        _known.setdefault(kind, (engine.dialect, LRUCache(MOST_STATEMENTS)))

    event.listen(engine, "connect", remember)
    return engine


@contextmanager
def remembered() -> Iterator[None]:
    """Let every hub that is opened meanwhile hand its statements on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ugc_hub.database.engine.create_engine", remembering)
        yield
