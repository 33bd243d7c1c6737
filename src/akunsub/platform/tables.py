"""The database tables. Column names are the words used everywhere else: see ARCHITECTURE.md."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

metadata = MetaData()

#: PostgreSQL keeps no zero character, and half a surrogate pair is no UTF-8 anywhere.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class String(TypeDecorator[str]):
    """
    Text that every database takes, in what is stored and in what is looked for.

    The wire refuses what cannot be stored; here it becomes "\ufffd", so that no request, whatever
    is in its path or headers, goes unrecorded.
    """

    impl = sqlalchemy.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what cannot be stored."""
        del dialect
        return None if value is None else UNSTORABLE.sub("\ufffd", value)


class Text(String):
    """The same, of any length."""

    impl: type[sqlalchemy.String] = sqlalchemy.Text
    cache_ok = True


class _SqliteDateTime(sqlite.DATETIME):
    """As SQLAlchemy writes it, in less time: a confirm writes five."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        """Return what makes text of a time without a zone."""
        del dialect
        return lambda value: None if value is None else value.isoformat(" ", "microseconds")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite keeps no zone, so it is stored without one."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        own = self.impl_instance
        if dialect.name == "sqlite":
            own = _SqliteDateTime()  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(own)

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
    Column("timer_seconds", Integer, nullable=False, server_default="1800"),
    Column("reason", Text),
    Column("unsubscribe_page_url", Text),
    Column("language", String(2)),
    Column("list_unsubscribe", Boolean, nullable=False, server_default=true()),
    # The databases whose profiles can subscribe to it.
    Column("db_ids", JSON, nullable=False, server_default="[1]"),
    # Is what people do passed on to the platform, which alone knows all of its smids?
    Column("has_upstream", Boolean, nullable=False, server_default=false()),
)

category = Table(
    "category",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("resource_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(100), primary_key=True),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("in_manager", Boolean, nullable=False, server_default=false()),
    Column("locked", Boolean, nullable=False, server_default=false()),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", _RowId, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("resource_id", BigInteger, nullable=False),
    Column("db_id", BigInteger, nullable=False, server_default="1"),
    Column("profile_id", String(64), nullable=False),
    Column("channel", String(20), nullable=False),
    # email, subscription_id (push), phone (sms, whatsapp) or chat id (telegram_bot).
    Column("address", Text, nullable=False),
    # Push only.
    Column("provider", Text),
    # 0 is the highest.
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("custom_fields", JSON, nullable=False, server_default="{}"),
    Column("is_delete", Boolean, nullable=False, server_default=false()),
    # From here on: state.State, as it was when it was last written. The clock goes on.
    Column("status", String(20), nullable=False),
    Column("timer_ends_at", UtcDateTime),
    Column("prior_status", String(20)),
    Column("suspended_until", UtcDateTime),
    Column("unsubscribed_at", UtcDateTime),
    Column("asked_at", UtcDateTime),
    Column("kept_at", UtcDateTime),
    UniqueConstraint("account_id", "resource_id", "db_id", "profile_id", "channel", "address"),
    Index("subscription_by_profile", "db_id", "profile_id"),
)

message = Table(
    "message",
    metadata,
    Column("smid", String(200), primary_key=True),
    Column("subscription_id", ForeignKey(subscription.c.id), nullable=False, index=True),
    # The custom link of the template that it was made from.
    Column("unsubscribe_link", Text),
)

# A category that is not here is subscribed, and so is one with is_left false: that one was left
# and taken up again.
category_choice = Table(
    "category_choice",
    metadata,
    Column("subscription_id", ForeignKey(subscription.c.id), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("is_left", Boolean, nullable=False),
    Column("chosen_at", UtcDateTime, nullable=False),
    Column("timer_ends_at", UtcDateTime),
)

# One row, or none: the real time.
clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("offset_seconds", Float, nullable=False),
    # The time at which it stands still.
    Column("stands_at", UtcDateTime),
)

# The first answer to each request_id, for when the call is repeated. The answer is JSON's null when
# none was given: a newer call took its place before it came, and fingerprint is that one's smid.
answered_request = Table(
    "answered_request",
    metadata,
    Column("request_id", String(200), primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False, index=True),
    Column("answer", JSON, nullable=False),
    # When the wish was made that it was about.
    Column("made_at", UtcDateTime),
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
    # The one word that the reason begins with.
    Column("rule", Text, nullable=False, server_default="ok"),
    Column("fix", Text),
    Column("nearest", JSON),
    Column("warnings", JSON, nullable=False, server_default="[]"),
    # The event that the platform would have registered.
    Column("event", String(20)),
    Column("request", JSON, nullable=False),
    Column("answer", JSON, nullable=False),
    Index("call_by_smid", "smid", "id"),
    # A call's id is where a reader goes on from: it must not come back after a reset.
    sqlite_autoincrement=True,
)

# What is to be passed on to the platform: written with what it is about, in one transaction.
outbox = Table(
    "outbox",
    metadata,
    Column("id", _RowId, primary_key=True),
    # The same at every try, so that the platform does it once.
    Column("request_id", String(36), nullable=False, unique=True),
    Column("subscription_id", ForeignKey(subscription.c.id), nullable=False, index=True),
    Column("smid", String(200), nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("resource_id", BigInteger, nullable=False),
    # NULL: the resource as a whole.
    Column("categories", JSON(none_as_null=True)),
    # waiting, delivered, or dead: refused, or given up.
    Column("state", String(10), nullable=False, server_default="waiting"),
    # By the endpoint's clock.
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    # Whose turn it is to send it, and until when, by the real clock.
    Column("claim", String(36)),
    Column("claimed_until", UtcDateTime),
    # An earlier try was not conclusively refused: too late to take it back.
    Column("may_have_arrived", Boolean, nullable=False, server_default=false()),
    # Why the last try failed.
    Column("reason", Text),
    Column("settled_at", UtcDateTime),
    Index("outbox_by_smid", "smid", "id"),
)
_IS_WAITING, _IS_DEAD, _IS_DELIVERED = (
    outbox.c.state == state for state in ("waiting", "dead", "delivered")
)
Index("outbox_due", outbox.c.due_at, postgresql_where=_IS_WAITING, sqlite_where=_IS_WAITING)
Index("outbox_dead", outbox.c.id, postgresql_where=_IS_DEAD, sqlite_where=_IS_DEAD)
Index(
    "outbox_delivered",
    outbox.c.settled_at,
    postgresql_where=_IS_DELIVERED,
    sqlite_where=_IS_DELIVERED,
)
