"""Which rows are those of a list, given as one parameter, so that the statement is always the same text.

A list with a parameter for each value is written out anew for every statement, which costs as much as asking for it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator


def among(column: Any, name: str = "ids") -> ColumnElement[bool]:
    """Return the condition that a column of texts holds one of a list, which is given with the statement as `name`."""
    return _Among(column, bindparam(name, type_=_Texts()))


class _Texts(TypeDecorator[Any]):
    """A list of texts: JSON for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        texts = list(value or ())
        return json.dumps(texts) if dialect.name == "sqlite" else texts


class _Among(FunctionElement[bool]):
    type = NullType()  # type: ignore[assignment]  # with that of truth, SQLite would compare it with 1 and use no index
    inherit_cache = True


@compiles(_Among, "sqlite")
def _each(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608 - a column and a parameter


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY(CAST({texts} AS VARCHAR[]))"
