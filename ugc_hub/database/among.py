"""Which rows are those of a list, given as one parameter, so that the statement is always the same text.

A list with a parameter for each value is written out anew for every statement, which costs as much as asking for it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator


def among(column: Any, name: str = "ids") -> ColumnElement[bool]:
    """Return the condition that a column holds one of a list, which is given with the statement as `name`.

    The list holds what the column does: texts, or whole numbers.
    """
    return _Among(column, bindparam(name, type_=_Values()))


class _Values(TypeDecorator[Any]):
    """A list of values: JSON for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[str] | Collection[int] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return json.dumps(values) if dialect.name == "sqlite" else values


class _Among(FunctionElement[bool]):
    type = NullType()  # type: ignore[assignment]  # with that of truth, SQLite would compare it with 1 and use no index
    inherit_cache = True


@compiles(_Among, "sqlite")
def _each(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - a column and a parameter


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    kind = "BIGINT" if isinstance(next(iter(element.clauses)).type, Integer) else "VARCHAR"
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY(CAST({values} AS {kind}[]))"
