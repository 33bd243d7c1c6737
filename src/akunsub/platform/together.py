"""
Calls that come at the same time, carried out in one transaction.

What a call costs is mostly what every transaction and every statement costs, and the commit, which
waits for the disk. So while one transaction is under way, the next calls gather, and the one after
it is theirs: what they are about is read at once, and what they write is written at once. Each is
judged by the same code as a call by itself, and answered when all of it is on disk.

Where that does not work out, for whatever reason, each of them is carried out by itself.
"""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from akunsub.errors import CallRefusedError
from akunsub.platform import deduplication, ledger, many, subscriptions
from akunsub.platform.replacement import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Dialect, Executable

    from akunsub.platform.intents import Intent

# PostgreSQL: all that several calls write, to different tables, so that no order matters.
_MANY = {
    "saved": subscriptions.SAVED,
    "kept": deduplication.KEPT,
    "recorded": ledger.RECORDED,
}
_WRITE_ALL = ledger.RECORD_MANY.add_cte(
    subscriptions.SAVE_MANY.cte("saving"), deduplication.ADD_MANY.cte("keeping")
)

_log = logging.getLogger(__name__)
Result = TypeVar("Result")
#: Calls in one transaction. With more, the first would wait for the last.
MOST = 32


class Wanted(NamedTuple):
    """What a call is about: two that want the same are not carried out together."""

    smid: str
    request_ids: frozenset[str]

    @classmethod
    def by(cls, intent: Intent) -> Wanted:
        """Return what *intent* is about."""
        return cls(intent.smid or "", frozenset({intent.request_id or "", *intent.replaces} - {""}))


class Batch:
    """
    A connection for several calls in turn.

    Statements with the execution option ``can_wait`` are kept until something else is asked of the
    database, or all calls have been judged, and are then carried out for all of them at once. Their
    results are nobody's concern.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[Any, Any]] = []
        self._mark = 0
        self._is_written = False
        self._found: dict[str, subscriptions.Found] = {}
        self._requests: dict[str, Any] = {}

    def read(self, all_wanted: Sequence[Wanted]) -> None:
        """Read, and hold, what the calls are about."""
        self._found = subscriptions.hold_many(self._connection, [one.smid for one in all_wanted])
        keys = {key for one in all_wanted for key in one.request_ids}
        self._requests = dict(deduplication.read_rows(self._connection, keys))

    def find(self, smid: str) -> int | None:
        """Return the id of the subscription that was read for *smid*."""
        found = self._found.get(smid)
        return None if found is None else cast("int", found.row["id"])

    def held(self, intent: Intent, now: datetime) -> Held:
        """Return what was read for *intent*, as it is at *now*."""
        found = self._found.get(intent.smid or "")
        return Held(
            None if found is None else subscriptions.build(found, now),
            deduplication.Requests(self._requests, now),
        )

    def begin_call(self) -> None:
        """Tell what the next call does from what others did."""
        self._mark, self._is_written = len(self._waiting), False

    def take_back(self) -> bool:
        """Undo what this call did; False: it is too late for that."""
        del self._waiting[self._mark :]
        return not self._is_written

    def execute(self, statement: Executable, parameters: Any = None) -> Any:  # noqa: ANN401
        """Carry out a statement, now or later."""
        if statement.get_execution_options().get("can_wait"):
            self._waiting.append((statement, parameters))
            return None
        self.flush()
        self._is_written = self._is_written or not getattr(statement, "is_select", False)
        return self._connection.execute(statement, parameters)

    def flush(self) -> None:
        """Carry out what has been kept."""
        if len(self._waiting) > self._mark:
            self._is_written = True
        rows: dict[str, list[Any]] = {}
        statements = {}
        for statement, parameters in self._waiting:
            name = statement.get_execution_options()["can_wait"]
            rows.setdefault(name, []).append(parameters)
            statements[name] = statement
        self._waiting, self._mark = [], 0
        if rows and self.dialect.name == "postgresql":
            written = {
                name: many.as_rows(types, rows.pop(name, []), self.dialect)
                for name, types in _MANY.items()
            }
            self._connection.execute(_WRITE_ALL, written)
        for name, of_all in rows.items():
            self._connection.execute(statements[name], of_all)

    @property
    def dialect(self) -> Dialect:
        """As a connection's."""
        return self._connection.dialect

    def get_execution_options(self) -> Any:  # noqa: ANN401
        """As a connection's."""
        return self._connection.get_execution_options()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Whatever else is asked of the connection finds everything done."""
        self.flush()
        return getattr(self._connection, name)


class _Ticket(Generic[Result]):
    """One call that waits for its turn."""

    def __init__(self, work: Callable[[Connection], Result], wanted: Wanted) -> None:
        self.wanted = wanted
        self._work = work
        # The request that Flask knows is the thread's, and the work may be done in another one.
        self._context = copy_context()
        # Free when it is done, or when it is this one's turn to lead. (An Event is a lock, a
        # condition and another lock, and each can be where threads queue up.)
        self._woken = threading.Lock()
        self._woken.acquire()
        self.is_done = False
        #: It could not be carried out with others.
        self.is_alone = False
        self._result: Result | None = None
        self._refusal: CallRefusedError | None = None

    def wait(self) -> None:
        """Wait for ``wake``."""
        self._woken.acquire()

    def wake(self) -> None:
        """Let its thread go on; once."""
        self._woken.release()

    def carry_out(self, batch: Batch) -> None:
        """Do the work; a refusal is kept for its own thread, and leaves nothing behind."""
        batch.begin_call()
        try:
            self._result = self._context.run(self._work, cast("Connection", batch))
        except CallRefusedError as refusal:
            if not batch.take_back():
                raise
            self._refusal = refusal

    def outcome(self) -> Result:
        """Return what came of it, or raise the refusal."""
        if self._refusal is not None:
            raise self._refusal
        return cast("Result", self._result)


class Together:
    """
    Carries out calls of several threads in one transaction.

    Args:
        begin: Begins a writing transaction.
        alone: Carries out one call, as often as it takes.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractContextManager[Connection]],
        alone: Callable[[Callable[[Connection], Any]], Any],
    ) -> None:
        self._begin = begin
        self._alone = alone
        self._lock = threading.Lock()
        self._waiting: list[_Ticket[Any]] = []
        # Several transactions at once were slower: smaller, and of more statements in all.
        self._is_led = False

    def transact(self, work: Callable[[Connection], Result], wanted: Wanted) -> Result:
        """
        Do *work* in a writing transaction, which may be others' as well.

        Args:
            work: As for ``Store.transact``; it may be done in another thread.
            wanted: What it is about.
        """
        ticket = _Ticket(work, wanted)
        with self._lock:
            leads = not self._is_led
            self._is_led = True
            if not leads:
                self._waiting.append(ticket)
        if not leads:
            ticket.wait()
        if not ticket.is_done:
            self._lead(ticket)
        if ticket.is_alone:
            alone: Result = self._alone(work)
            return alone
        return ticket.outcome()

    def _lead(self, own: _Ticket[Any]) -> None:
        group = [own]
        try:
            group += self._take(own)
            self._carry_out(group)
        finally:
            with self._lock:
                following = self._waiting.pop(0) if self._waiting else None
                self._is_led = following is not None
            # The next transaction begins while these are being answered.
            if following is not None:
                following.wake()
            own.is_done = True
            for ticket in group[1:]:
                ticket.is_done = True
                ticket.wake()

    def _take(self, own: _Ticket[Any]) -> list[_Ticket[Any]]:
        taken: list[_Ticket[Any]] = []
        later: list[_Ticket[Any]] = []
        smids = {own.wanted.smid}
        request_ids = set(own.wanted.request_ids)
        with self._lock:
            for ticket in self._waiting:
                wanted = ticket.wanted
                is_free = wanted.smid not in smids and not wanted.request_ids & request_ids
                (taken if is_free and len(taken) < MOST - 1 else later).append(ticket)
                # Of those that have to wait too, or a later one would overtake them.
                smids.add(wanted.smid)
                request_ids |= wanted.request_ids
            self._waiting = later
        return taken

    def _carry_out(self, group: list[_Ticket[Any]]) -> None:
        try:
            with self._begin() as connection:
                batch = Batch(connection)
                batch.read([ticket.wanted for ticket in group])
                subscription_ids: set[int] = set()
                for ticket in group:
                    subscription_id = batch.find(ticket.wanted.smid)
                    if subscription_id in subscription_ids:
                        # By another message: what was read of it is no longer so.
                        ticket.is_alone = True
                        continue
                    if subscription_id is not None:
                        subscription_ids.add(subscription_id)
                    ticket.carry_out(batch)
                batch.flush()
        except BaseException as error:
            # Nothing of it stays. Whose fault it was will be seen in that one's own thread.
            _log.info("%d calls were not carried out together: %r", len(group), type(error))
            for ticket in group:
                ticket.is_alone = True
            if not isinstance(error, Exception):
                raise
