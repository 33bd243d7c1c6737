"""
Many rows in one statement, on PostgreSQL: all of them are sent as one JSON text.

A statement for each row costs psycopg and the server more than the row does; arrays, one for each
column, cost psycopg as much again, for it escapes them character by character.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, TypeDecorator, bindparam, column, func

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Dialect, TableValuedAlias
    from sqlalchemy.types import TypeEngine

Types = dict[str, "TypeEngine[Any]"]


def rows_of(name: str, types: Types) -> TableValuedAlias:
    """
    Return a table of rows that are given when it is used, by the parameter *name*: ``as_rows``.

    Args:
        name: The table's, for several of them in one statement.
        types: Of its columns, by name. JSON's null becomes NULL.
    """
    columns = [column(*one) for one in types.items()]
    table = func.json_to_recordset(bindparam(name, type_=JSON)).table_valued(*columns)
    return table.render_derived(name=name, with_types=True)


def as_rows(
    types: Types, rows: Iterable[Mapping[str, Any]], dialect: Dialect
) -> list[dict[str, Any]]:
    """Return *rows* as the parameter's value. There can be none."""
    return [
        {name: _to_json(of_one, row[name], dialect) for name, of_one in types.items()}
        for row in rows
    ]


def _to_json(of_one: TypeEngine[Any], value: object, dialect: Dialect) -> object:
    if isinstance(of_one, TypeDecorator):
        value = of_one.process_bind_param(value, dialect)
    return value.isoformat() if isinstance(value, datetime) else value
