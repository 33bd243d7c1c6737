"""Resources as stored: finding one, and changing its unsubscribe settings while it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, select, update

from akunsub.platform import tables
from akunsub.platform.ids import END_OF_NUMBERS, ResourceKey

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row

    from akunsub.platform.rules import Mode


# Made once: to make a statement takes SQLAlchemy longer than SQLite to carry it out.
_BY_KEY = select(tables.resource).where(
    tables.resource.c.account_id == bindparam("account_id"),
    tables.resource.c.resource_id == bindparam("resource_id"),
)
_BY_TOKEN = select(tables.resource).where(tables.resource.c.rtoken == bindparam("rtoken"))
_CATEGORIES = (
    select(
        tables.category.c.name,
        tables.category.c.title,
        tables.category.c.in_manager,
        tables.category.c.locked,
    )
    .where(
        tables.category.c.account_id == bindparam("account_id"),
        tables.category.c.resource_id == bindparam("resource_id"),
    )
    .order_by(tables.category.c.position)
)
_KNOWN = "known_resources"


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
    #: What people do is passed on to the platform, which alone knows all of its smids.
    has_upstream: bool
    #: By API name, in the configured order.
    categories: dict[str, Category]

    @property
    def timer(self) -> timedelta | None:
        """How long a cancel works; None in a mode that has no timer."""
        return timedelta(seconds=self.timer_seconds) if self.mode == "delayed" else None


class KnownResources:
    """
    Resources that were read a moment ago: nearly all calls are about the same few.

    Another process may configure others meanwhile; they count from a second later. Only for
    production, where nothing else changes them.
    """

    _MAX_AGE_S = 1.0

    def __init__(self) -> None:
        self._known: dict[ResourceKey | str | None, tuple[float, Resource]] = {}

    def get(self, key: ResourceKey | str | None) -> Resource | None:
        """Return the resource with this key or token, if it was read a moment ago."""
        read_at, resource = self._known.get(key, (0.0, None))
        return resource if time.monotonic() - read_at < self._MAX_AGE_S else None

    def put(self, key: ResourceKey | str | None, resource: Resource) -> None:
        """Remember what was read just now. There are as many as are configured."""
        self._known[key] = time.monotonic(), resource


def remembering(engine: Engine) -> Engine:
    """Return *engine* as one whose connections know the resources that were read a moment ago."""
    return engine.execution_options(**{_KNOWN: KnownResources()})


def find_resource(
    connection: Connection, *, key: ResourceKey | None = None, rtoken: str | None = None
) -> Resource | None:
    """Return the resource with this key or this token."""
    known: KnownResources | None = connection.get_execution_options().get(_KNOWN)
    found = known.get(key or rtoken) if known else None
    if found is None:
        query = (
            connection.execute(_BY_TOKEN, {"rtoken": rtoken})
            if key is None
            else (connection.execute(_BY_KEY, key._asdict()))
        )
        row = query.one_or_none()
        found = None if row is None else _to_resource(connection, row)
        if known and found:
            known.put(key or rtoken, found)
    return found


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
    categories = connection.execute(_CATEGORIES, key._asdict())
    return Resource(
        key=key,
        categories={one.name: Category(*one) for one in categories},
        db_ids=tuple(cast("list[int]", facts.pop("db_ids"))),
        **facts,
    )
