"""The database tables. Column names are the words used everywhere else: see ARCHITECTURE.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite keeps no zone, so it is stored without one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time rather than guess its zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone: use an aware datetime in UTC")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Put the zone back."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


# SQLite counts up only a column that is exactly INTEGER.
_RowId = BigInteger().with_variant(Integer, "sqlite")

resource = Table(
    "resource",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("resource_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("rtoken", Text, nullable=False, unique=True),
    Column("mode", String(20), nullable=False),
)

category = Table(
    "category",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("resource_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(100), primary_key=True),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("resource_id", BigInteger, nullable=False),
    Column("profile_id", String(24), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("address", Text, nullable=False),
    Column("status", String(20), nullable=False),
    # The first time: saying it again later does not move it.
    Column("unsubscribed_at", UtcDateTime),
    UniqueConstraint("account_id", "resource_id", "profile_id", "channel", "address"),
)

message = Table(
    "message",
    metadata,
    Column("smid", String(200), primary_key=True),
    Column("subscription_id", ForeignKey(subscription.c.id), nullable=False),
)

# A category that is not here is subscribed: there are just these two states.
left_category = Table(
    "left_category",
    metadata,
    Column("subscription_id", ForeignKey(subscription.c.id), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("left_at", UtcDateTime, nullable=False),
)

# The first answer to each request_id, for when the call is repeated.
answered_request = Table(
    "answered_request",
    metadata,
    Column("request_id", String(200), primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    Column("answer", JSON, nullable=False),
)

call = Table(
    "call",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("action", Text, nullable=False),
    Column("smid", Text),
    Column("categories", JSON),
    Column("resource_id", BigInteger),
    Column("verdict", String(4), nullable=False),
    Column("reason", Text, nullable=False),
    Column("request", JSON, nullable=False),
    Column("answer", JSON, nullable=False),
    Index("call_by_smid", "smid", "id"),
    # A call's id is where a reader goes on from: it must not come back after a reset.
    sqlite_autoincrement=True,
)
