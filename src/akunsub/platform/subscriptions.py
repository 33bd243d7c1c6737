"""
Reading and changing one person's subscription, found by the smid of a message sent to it.

It knows the tables, not the rules: those are in ``rules`` and ``transitions``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from akunsub.platform import many, tables
from akunsub.platform.ids import ResourceKey
from akunsub.platform.state import Category, State, seconds_left, settle
from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

_STATE = tuple(field.name for field in fields(State))

# Made once: to make a statement takes SQLAlchemy longer than SQLite to carry it out.
_FIND = (
    select(tables.subscription)
    .join(tables.message, tables.message.c.subscription_id == tables.subscription.c.id)
    .where(tables.message.c.smid == bindparam("smid"))
)
_HOLD = _FIND.with_for_update(of=tables.subscription)
# In the order of their ids, or two that hold several would wait for each other.
_HOLD_MANY = (
    select(tables.message.c.smid.label("of_smid"), tables.subscription)
    .join(tables.message, tables.message.c.subscription_id == tables.subscription.c.id)
    .where(tables.message.c.smid.in_(bindparam("smids", expanding=True)))
    .order_by(tables.subscription.c.id)
    .with_for_update(of=tables.subscription)
)
_CHOICES = select(
    tables.category_choice.c.subscription_id,
    tables.category_choice.c.name,
    tables.category_choice.c.is_left,
    tables.category_choice.c.chosen_at,
    tables.category_choice.c.timer_ends_at,
).where(tables.category_choice.c.subscription_id.in_(bindparam("ids", expanding=True)))
_SAVE = (
    update(tables.subscription)
    .where(tables.subscription.c.id == bindparam("of_id"))
    .execution_options(can_wait="saved")
)
#: For several subscriptions at once: the columns of ``saved``.
SAVED: many.Types = {
    "of_id": tables.subscription.c.id.type,
    **{name: tables.subscription.c[name].type for name in _STATE},
}
_rows = many.rows_of("saved", SAVED)
SAVE_MANY = (
    update(tables.subscription)
    .where(tables.subscription.c.id == _rows.c.of_id)
    .values({name: _rows.c[name] for name in _STATE})
)


@dataclass(frozen=True)
class Subscription:
    """A subscription, as it is at the time it was read for."""

    id: int
    resource_key: ResourceKey
    db_id: int
    profile_id: str
    channel: str
    address: str
    provider: str | None
    priority: int
    custom_fields: dict[str, Any]
    is_delete: bool
    state: State
    #: By API name. One that is not here is subscribed.
    categories: Mapping[str, Category]
    #: The message that it was found by.
    smid: str | None = None

    @property
    def left_categories(self) -> list[str]:
        """API names, sorted."""
        return sorted(name for name, one in self.categories.items() if one.is_left)


class Found(NamedTuple):
    """What is stored of a subscription."""

    #: Of the table ``subscription``.
    row: RowMapping
    categories: Mapping[str, Category]


def find_subscription(
    connection: Connection, smid: str, now: datetime, *, for_update: bool = False
) -> Subscription | None:
    """
    Return the subscription that the message *smid* was sent to.

    Args:
        connection: Any transaction.
        smid: The message's.
        now: The time that its state is for.
        for_update: Hold it until the transaction ends. (On SQLite, a writer holds everything.)
    """
    query = _HOLD if for_update else _FIND
    row = connection.execute(query, {"smid": smid}).mappings().one_or_none()
    return None if row is None else replace(to_subscription(connection, row, now), smid=smid)


def unknown(smid: str, resource_key: ResourceKey) -> Subscription:
    """Return what is said of a smid that only the platform knows: subscribed, to our knowledge."""
    return Subscription(
        id=0,
        resource_key=resource_key,
        db_id=1,
        profile_id="",
        channel="unknown",
        # One for each smid, and nobody's.
        address=smid,
        provider=None,
        priority=0,
        custom_fields={},
        is_delete=False,
        state=State(),
        categories={},
        smid=smid,
    )


def add_unknown(connection: Connection, smid: str, resource_key: ResourceKey) -> Subscription:
    """Store such a subscription, and its message."""
    one = unknown(smid, resource_key)
    added = connection.execute(
        insert(tables.subscription).values(
            account_id=resource_key.account_id,
            resource_id=resource_key.resource_id,
            db_id=one.db_id,
            profile_id=one.profile_id,
            channel=one.channel,
            address=one.address,
            status=one.state.status,
        )
    )
    subscription_id: int = added.inserted_primary_key[0]  # type: ignore[index]  # one row was added
    connection.execute(insert(tables.message).values(smid=smid, subscription_id=subscription_id))
    return replace(one, id=subscription_id)


def find_unsubscribe_link(connection: Connection, smid: str) -> str | None:
    """Return the custom unsubscribe link of the template that the message was made from."""
    table = tables.message
    return connection.scalar(select(table.c.unsubscribe_link).where(table.c.smid == smid))


def to_subscription(connection: Connection, row: RowMapping, now: datetime) -> Subscription:
    """Return a row of the table ``subscription`` as it is at *now*."""
    return build(Found(row, _find_choices(connection, [row["id"]]).get(row["id"], {})), now)


def hold_many(connection: Connection, smids: Collection[str]) -> dict[str, Found]:
    """Return what is stored of the subscriptions of several messages, and hold them."""
    rows = connection.execute(_HOLD_MANY, {"smids": list(smids)}).mappings().all()
    # After they are held: what others chose before that is seen.
    choices = _find_choices(connection, {row["id"] for row in rows})
    return {row["of_smid"]: Found(row, choices.get(row["id"], {})) for row in rows}


def _find_choices(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Category]]:
    found: dict[int, dict[str, Category]] = {}
    for subscription_id, name, *choice in connection.execute(_CHOICES, {"ids": list(ids)}):
        found.setdefault(subscription_id, {})[name] = Category(*choice)
    return found


def build(found: Found, now: datetime) -> Subscription:
    """Return what is stored of a subscription as it is at *now*."""
    facts = dict(found.row)
    smid = facts.pop("of_smid", None)
    stored = {name: facts.pop(name) for name in _STATE}
    stored["status"] = Status(stored["status"])
    if stored["prior_status"] is not None:
        stored["prior_status"] = Status(stored["prior_status"])
    return Subscription(
        resource_key=ResourceKey(facts.pop("account_id"), facts.pop("resource_id")),
        state=settle(State(**stored), now),
        categories=found.categories,
        smid=smid,
        **facts,
    )


def save(connection: Connection, before: Subscription, after: Subscription) -> None:
    """Store what differs between the two."""
    if after.state != before.state:
        state = {name: getattr(after.state, name) for name in _STATE}
        connection.execute(_SAVE, {"of_id": before.id, **state})
    for name, choice in after.categories.items():
        if choice != before.categories.get(name):
            table = tables.category_choice
            connection.execute(
                delete(table).where(table.c.subscription_id == before.id, table.c.name == name)
            )
            connection.execute(
                insert(table).values(subscription_id=before.id, name=name, **asdict(choice))
            )


def with_categories(subscription: Subscription, choices: Mapping[str, Category]) -> Subscription:
    """Return *subscription* with these categories' states."""
    return replace(subscription, categories={**subscription.categories, **choices})


def count_messages(connection: Connection) -> int:
    """Return how many smids are known."""
    return connection.scalar(select(func.count()).select_from(tables.message)) or 0


def list_messages(connection: Connection, *, limit: int) -> list[dict[str, object]]:
    """Return known messages with the subscription each was sent to, oldest first."""
    table = tables.subscription
    columns = ("account_id", "resource_id", "db_id", "channel", "address", "profile_id")
    rows = connection.execute(
        select(tables.message.c.smid, *(table.c[name] for name in columns))
        .join(table, tables.message.c.subscription_id == table.c.id)
        .order_by(table.c.id, tables.message.c.smid)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def list_subscriptions(
    connection: Connection, now: datetime, *, limit: int
) -> list[dict[str, object]]:
    """Return where subscriptions stand at *now*, with one smid each and the categories left."""
    table = tables.subscription
    smid = (
        select(tables.message.c.smid)
        .where(tables.message.c.subscription_id == table.c.id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(table).order_by(table.c.id).limit(limit)
    smids = connection.execute(select(table.c.id, smid).order_by(table.c.id).limit(limit))
    smid_of: dict[int, str | None] = {row[0]: row[1] for row in smids}
    listed: list[dict[str, object]] = []
    for row in connection.execute(query).mappings().all():
        one = to_subscription(connection, row, now)
        listed.append(
            {
                "smid": smid_of.get(one.id),
                "account_id": one.resource_key.account_id,
                "resource_id": one.resource_key.resource_id,
                "db_id": one.db_id,
                "profile_id": one.profile_id,
                "channel": one.channel,
                "address": one.address,
                "status": one.state.word,
                "seconds_left": seconds_left(one.state, now),
                "timer_ends_at": one.state.timer_ends_at,
                "unsubscribed_at": one.state.unsubscribed_at,
                "suspended_until": one.state.suspended_until,
                "is_delete": one.is_delete,
                "left_categories": one.left_categories,
            }
        )
    return listed
