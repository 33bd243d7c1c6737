"""
What is to be passed on to the platform: written, taken back, claimed, settled.

A row is written in the transaction of the call that it is about. Who sends it claims it first, for
a while: a sender that is killed leaves its rows to the others when that is over.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update

from akunsub.platform import tables
from akunsub.platform.ids import ResourceKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from akunsub.platform.subscriptions import Subscription

State = Literal["waiting", "delivered", "dead"]

_TABLE = tables.outbox
_IS_WAITING = _TABLE.c.state == "waiting"
_ADD = insert(_TABLE).execution_options(can_wait="outbox")


@dataclass(frozen=True)
class Delivery:
    """One unsubscribe, claimed: to be sent, then settled."""

    id: int
    claim: str
    request_id: str
    smid: str
    resource_key: ResourceKey
    #: The resource's token, as it is configured now; None: the resource is not configured.
    rtoken: str | None
    #: None: the resource as a whole.
    categories: list[str] | None
    #: This one included.
    tries: int


@dataclass(frozen=True)
class Depth:
    """How much there is."""

    #: Due or not.
    waiting: int
    dead: int
    #: The age of the oldest one that is due, or was tried; 0 when there is none.
    oldest_seconds: float


def add(
    connection: Connection,
    subscription: Subscription,
    *,
    categories: Collection[str] | None,
    now: datetime,
    due_at: datetime,
) -> None:
    """Let *subscription*, or its *categories*, be unsubscribed at the platform at *due_at*."""
    connection.execute(
        _ADD,
        {
            "request_id": str(uuid.uuid4()),
            "subscription_id": subscription.id,
            "smid": subscription.smid,
            "account_id": subscription.resource_key.account_id,
            "resource_id": subscription.resource_key.resource_id,
            "categories": None if categories is None else sorted(categories),
            "made_at": now,
            "due_at": due_at,
        },
    )


def find_waiting(connection: Connection, subscription: Subscription) -> list[RowMapping]:
    """Return what waits of *subscription*, the oldest first, and hold it."""
    query = (
        select(_TABLE)
        .where(_TABLE.c.subscription_id == subscription.id, _IS_WAITING)
        .order_by(_TABLE.c.id)
        .with_for_update()
    )
    return list(connection.execute(query).mappings())


def find_last(connection: Connection, subscription: Subscription) -> RowMapping | None:
    """Return the latest row about *subscription* as a whole, in whatever state."""
    query = (
        select(_TABLE)
        .where(_TABLE.c.subscription_id == subscription.id, _TABLE.c.categories.is_(None))
        .order_by(_TABLE.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().one_or_none()


def can_be_taken_back(row: RowMapping) -> bool:
    """Has the platform surely not got it?"""
    return row["claim"] is None and not row["may_have_arrived"]


def change(connection: Connection, row_id: int, **values: object) -> None:
    """Store other *values* of one that waits."""
    connection.execute(update(_TABLE).where(_TABLE.c.id == row_id).values(**values))


def remove(connection: Connection, row_id: int) -> None:
    """Take one back."""
    connection.execute(delete(_TABLE).where(_TABLE.c.id == row_id))


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Is there anything to claim? Asks for no lock."""
    return connection.scalar(select(exists().where(_claimable(now)))) or False


def claim(connection: Connection, now: datetime, *, limit: int, lease: timedelta) -> list[Delivery]:
    """
    Claim what is due, each smid's oldest first and only that.

    Args:
        connection: In a writing transaction; sending begins after its commit.
        now: The endpoint's time.
        limit: At most so many.
        lease: Until then nobody else claims them, by the real clock.
    """
    query = (
        select(_TABLE.c.id)
        .where(_claimable(now))
        .order_by(_TABLE.c.due_at, _TABLE.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.scalars(query))
    if not ids:
        return []
    name = str(uuid.uuid4())
    connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id.in_(ids))
        .values(
            claim=name,
            claimed_until=datetime.now(UTC) + lease,
            tries=_TABLE.c.tries + 1,
            # Whoever had claimed it was ended on the way.
            may_have_arrived=or_(_TABLE.c.may_have_arrived, _TABLE.c.claim.is_not(None)),
        )
    )
    resource = tables.resource
    rows = connection.execute(
        select(_TABLE, resource.c.rtoken)
        .outerjoin(
            resource,
            and_(
                resource.c.account_id == _TABLE.c.account_id,
                resource.c.resource_id == _TABLE.c.resource_id,
            ),
        )
        .where(_TABLE.c.id.in_(ids))
        .order_by(_TABLE.c.id)
    ).mappings()
    return [
        Delivery(
            id=row["id"],
            claim=name,
            request_id=row["request_id"],
            smid=row["smid"],
            resource_key=ResourceKey(row["account_id"], row["resource_id"]),
            rtoken=row["rtoken"],
            categories=row["categories"],
            tries=row["tries"],
        )
        for row in rows
    ]


def _claimable(now: datetime) -> ColumnElement[bool]:
    older = _TABLE.alias("older")
    is_free = or_(_TABLE.c.claimed_until.is_(None), _TABLE.c.claimed_until < datetime.now(UTC))
    is_first = ~exists().where(
        older.c.smid == _TABLE.c.smid, older.c.state == "waiting", older.c.id < _TABLE.c.id
    )
    return and_(_IS_WAITING, _TABLE.c.due_at <= now, is_free, is_first)


def settle(
    connection: Connection, delivery: Delivery, state: State, now: datetime, *, reason: str | None
) -> bool:
    """
    Store that *delivery* was ``delivered``, or is ``dead``; was it still ours to settle?

    Args:
        connection: In a writing transaction.
        delivery: As it was claimed.
        state: What became of it.
        now: The endpoint's time.
        reason: Why it is dead.
    """
    return _end_claim(connection, delivery, state=state, settled_at=now, reason=reason)


def put_off(
    connection: Connection,
    delivery: Delivery,
    due_at: datetime,
    *,
    reason: str,
    may_have_arrived: bool,
) -> bool:
    """Store that *delivery* is to be tried again; was it still ours?"""
    values: dict[str, object] = {"due_at": due_at, "reason": reason}
    if may_have_arrived:
        values["may_have_arrived"] = True
    return _end_claim(connection, delivery, **values)


def _end_claim(connection: Connection, delivery: Delivery, **values: object) -> bool:
    ended = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == delivery.id, _TABLE.c.claim == delivery.claim, _IS_WAITING)
        .values(claim=None, claimed_until=None, **values)
    )
    return ended.rowcount == 1


def name_profile(connection: Connection, smid: str, profile_id: str) -> None:
    """Store whose subscription it is, where only the platform knew that."""
    table, message = tables.subscription, tables.message
    of_smid = select(message.c.subscription_id).where(message.c.smid == smid).scalar_subquery()
    connection.execute(
        update(table)
        .where(table.c.id == of_smid, table.c.profile_id == "")
        .values(profile_id=profile_id)
    )


def depth(connection: Connection, now: datetime) -> Depth:
    """Return how much waits, how much is dead, and how old the oldest is."""
    count = select(func.count()).select_from(_TABLE)
    waiting = connection.scalar(count.where(_IS_WAITING)) or 0
    dead = connection.scalar(count.where(_TABLE.c.state == "dead")) or 0
    oldest = connection.scalar(
        select(func.min(_TABLE.c.made_at)).where(
            _IS_WAITING, or_(_TABLE.c.due_at <= now, _TABLE.c.tries > 0)
        )
    )
    return Depth(waiting, dead, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)


def list_rows(
    connection: Connection, *, state: State | None = None, limit: int
) -> list[RowMapping]:
    """Return rows, the oldest first."""
    query = select(_TABLE).order_by(_TABLE.c.id).limit(limit)
    if state is not None:
        query = query.where(_TABLE.c.state == state)
    return list(connection.execute(query).mappings())


def retry(connection: Connection, ids: Iterable[int] | None, *, renew: bool = False) -> list[int]:
    """
    Let dead rows be tried again, and return their ids.

    Args:
        connection: In a writing transaction.
        ids: Of which; None: of all that are dead.
        renew: Give each a new Request-ID: a platform may repeat its answer to the old one.
    """
    found = _dead_ids(connection, ids)
    for row_id in found:
        # Due at once, whatever the endpoint's clock shows.
        values: dict[str, object] = {"state": "waiting", "tries": 0, "due_at": _TABLE.c.made_at}
        if renew:
            values["request_id"] = str(uuid.uuid4())
        change(connection, row_id, settled_at=None, **values)
    return found


def drop(connection: Connection, ids: Iterable[int] | None) -> list[int]:
    """Remove dead rows (None: all of them) and return their ids: they are never delivered."""
    found = _dead_ids(connection, ids)
    for row_id in found:
        remove(connection, row_id)
    return found


def _dead_ids(connection: Connection, ids: Iterable[int] | None) -> list[int]:
    query = select(_TABLE.c.id).where(_TABLE.c.state == "dead").order_by(_TABLE.c.id)
    if ids is not None:
        query = query.where(_TABLE.c.id.in_(list(ids)))
    return list(connection.scalars(query.with_for_update()))


def forget_delivered(connection: Connection, before: datetime, *, limit: int) -> int:
    """Remove at most *limit* rows that were delivered before then, and return how many."""
    old = (
        select(_TABLE.c.id)
        .where(_TABLE.c.state == "delivered", _TABLE.c.settled_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(delete(_TABLE).where(_TABLE.c.id.in_(old))).rowcount
