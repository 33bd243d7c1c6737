"""Resources as stored: finding one, and changing its unsubscribe settings while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import select, update

from akunsub.platform import tables
from akunsub.platform.ids import END_OF_NUMBERS, ResourceKey

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from akunsub.platform.rules import Mode


@dataclass(frozen=True)
class Category:
    """One category of a resource, as stored."""

    name: str
    title: str
    in_manager: bool
    locked: bool


@dataclass(frozen=True)
class Resource:
    """A resource, as stored. The fields are those of ``settings.Resource``."""

    key: ResourceKey
    title: str
    rtoken: str
    mode: Mode
    timer_seconds: int
    reason: str | None
    unsubscribe_page_url: str | None
    language: str | None
    list_unsubscribe: bool
    db_ids: tuple[int, ...]
    #: By API name, in the configured order.
    categories: dict[str, Category]

    @property
    def timer(self) -> timedelta | None:
        """How long a cancel works; None in a mode that has no timer."""
        return timedelta(seconds=self.timer_seconds) if self.mode == "delayed" else None


def find_resource(
    connection: Connection, *, key: ResourceKey | None = None, rtoken: str | None = None
) -> Resource | None:
    """Return the resource with this key or this token."""
    table = tables.resource
    matches = (
        table.c.rtoken == rtoken
        if key is None
        else (table.c.account_id == key.account_id) & (table.c.resource_id == key.resource_id)
    )
    row = connection.execute(select(table).where(matches)).one_or_none()
    return None if row is None else _to_resource(connection, row)


def list_resources(
    connection: Connection, *, resource_id: int | None = None, account_id: int | None = None
) -> list[Resource]:
    """Return the resources with this number, one for each account that has it; or all."""
    if any(number is not None and number >= END_OF_NUMBERS for number in (resource_id, account_id)):
        # No database has it, nor could be asked for it.
        return []
    query = select(tables.resource).order_by(
        tables.resource.c.account_id, tables.resource.c.resource_id
    )
    if resource_id is not None:
        query = query.where(tables.resource.c.resource_id == resource_id)
    if account_id is not None:
        query = query.where(tables.resource.c.account_id == account_id)
    return [_to_resource(connection, row) for row in connection.execute(query).all()]


def change_resource(connection: Connection, key: ResourceKey, **changes: object) -> None:
    """Store other unsubscribe settings. They are checked by the caller."""
    table = tables.resource
    connection.execute(
        update(table)
        .where(table.c.account_id == key.account_id, table.c.resource_id == key.resource_id)
        .values(**changes)
    )


def _to_resource(connection: Connection, row: Row[tuple[object, ...]]) -> Resource:
    facts = dict(row._mapping)  # noqa: SLF001 (the documented name)
    key = ResourceKey(facts.pop("account_id"), facts.pop("resource_id"))
    table = tables.category
    categories = connection.execute(
        select(table.c.name, table.c.title, table.c.in_manager, table.c.locked)
        .where(table.c.account_id == key.account_id, table.c.resource_id == key.resource_id)
        .order_by(table.c.position)
    )
    return Resource(
        key=key,
        categories={one.name: Category(*one) for one in categories},
        db_ids=tuple(cast("list[int]", facts.pop("db_ids"))),
        **facts,
    )
