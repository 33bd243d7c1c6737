"""What must be so afterwards, by what the two databases hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from akunsub.platform import tables

if TYPE_CHECKING:
    from akunsub.platform.store import Database
    from tests.chaos.people import People


@dataclass(frozen=True)
class Audit:
    """
    Attributes:
        told: How many were told that they have left.
        lost_here: smids of those of them whose wish the gateway's database does not have.
        undelivered: Those whose wish had no effect at the platform.
        twice: Those for whom it had one twice.
        invented: Those with an effect at the platform who never pressed.
        repeated: How many requests the platform recognised as repeated: nothing is wrong with it.
    """

    told: int
    lost_here: list[str]
    undelivered: list[str]
    twice: list[str]
    invented: list[str]
    repeated: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost_here or self.undelivered or self.twice or self.invented)


def audit(people: People, gateway: Database, platform: Database) -> Audit:
    """Compare what people were told with what is stored, here and there."""
    told = [people.wishes[number] for number in people.told]
    stored, delivered = _standing(gateway), _standing(platform)
    effects, repeated = _effects(platform)
    began = {people.wishes[number][0] for number in people.begun}
    return Audit(
        told=len(told),
        lost_here=[smid for smid, what in told if not _has_left(stored.get(smid), what)],
        undelivered=[
            smid
            for smid, what in told
            if not _has_left(delivered.get(smid), what) or not effects[smid]
        ],
        twice=[smid for smid, count in effects.items() if count > 1],
        invented=[smid for smid in effects if smid not in began],
        repeated=repeated,
    )


def _has_left(stands: tuple[str, set[str]] | None, categories: list[str] | None) -> bool:
    if stands is None:
        return False
    status, left = stands
    if categories is None:
        return status == "unsubscribed"
    return status == "subscribed" and left == set(categories)


def _standing(database: Database) -> dict[str, tuple[str, set[str]]]:
    """Return the status and the left categories of each smid."""
    subscription, message, choice = tables.subscription, tables.message, tables.category_choice
    with database.read() as connection:
        rows = connection.execute(
            select(message.c.smid, subscription.c.id, subscription.c.status).join(subscription)
        ).all()
        left: dict[int, set[str]] = {}
        for one in connection.execute(select(choice).where(choice.c.is_left)).mappings():
            left.setdefault(one["subscription_id"], set()).add(one["name"])
    return {smid: (status, left.get(number, set())) for smid, number, status in rows}


def _effects(platform: Database) -> tuple[Counter[str], int]:
    call = tables.call
    with platform.read() as connection:
        rows = connection.execute(
            select(call.c.smid, call.c.rule).where(call.c.action == "profiles/message_unsub")
        ).all()
    effects = Counter(smid for smid, rule in rows if rule == "ok")
    return effects, sum(rule == "duplicate" for _, rule in rows)
