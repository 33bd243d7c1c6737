"""
Logs: how lines look, and what of a person may be in them.

Unless it is to be shown in the clear, a line holds numbers, the words of our own code, and for
anything else (a smid, a request's id) a short keyed hash. No text that was made from what somebody
sent is in it: not the path, not the address, not what an exception says.

Any module logs by ``logging``, with facts as ``extra``; ``set_up`` is for the process.
"""

from __future__ import annotations

import errno
import hmac
import json
import logging
import re
import secrets
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from akunsub.log_lines import Lines

if TYPE_CHECKING:
    from types import TracebackType

    from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["json", "text"]
_MAX_FRAMES = 30
#: Facts whose values are words of ours, or what the operator chose.
PLAIN = frozenset(
    {
        *(
            "action",
            "advice",
            "code",
            "database",
            "event",
            "host",
            "level",
            "logger",
            "method",
            "mode",
        ),
        *("rule", "smid_key", "time", "verdict", "version"),
    }
)
#: Facts that are left out: what they say of a person is of no use as a hash.
PRIVATE = frozenset({"path", "remote_addr", "address"})
# A message that was put together before it came here begins with words of its author; from the
# first that is none on, it may be anybody's.
_OWN_WORDS = re.compile(r"(?:[A-Za-z]{1,20}|\d{1,6})[,.;:]?(?:\s+|$)")
_NUMBERS = (int, float, type(None))
# Whatever else a record has was given to it as a fact.
_OF_EVERY_RECORD = {*vars(logging.makeLogRecord({})), "message", "taskName"}
# Made once: json.dumps makes one each time.
_ENCODER = json.JSONEncoder(default=repr)
_SHOWN_OF_EXCEPTION = {"exc_type", "frames", "is_cause"}


def set_up(log_format: Format, *, clear: bool, key: str | None = None) -> None:
    """
    Let this process log to standard error.

    Args:
        log_format: ``json``: one object a line, from INFO on. ``text``: from WARNING on.
        clear: Show smids, addresses, paths and what exceptions say.
        key: For the hashes; the same in all processes whose lines are to be compared. None: one of
            this process' own.
    """
    # Closed (2>&-): its number may be a file's by now.
    handler = Lines(sys.stderr.fileno()) if sys.stderr else logging.NullHandler()
    handler.setFormatter(_Formatter(log_format, None if clear else _Concealing(key)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Which line, thread and process it came from is in no line: not looked up for each.
    logging._srcfile = None  # noqa: SLF001 (documented in "Optimization")
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root.setLevel(logging.INFO if log_format == "json" else logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda at: _log_uncaught(at.exc_type, at.exc_value, at.exc_traceback)


# At INFO they tell of each step they take, or of each client that went away.
_TALKATIVE = ("alembic", "httpx", "httpcore", "waitress")


def short_hash(key: str, text: str) -> str:
    """
    Return what stands for *text* in the log.

    It is what ``printf %s TEXT | openssl dgst -sha256 -hmac KEY`` begins with.
    """
    digest = hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256")
    return digest.hex()[:16]


class _Concealing:
    """A processor that leaves nothing of a person in a line."""

    def __init__(self, key: str | None) -> None:
        self._key = key or secrets.token_hex()

    def __call__(self, _logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
        shown = {name: self._shown(name, it) for name, it in line.items() if name not in PRIVATE}
        for one in shown.get("exception", ()):
            for name in [*one]:
                if name not in _SHOWN_OF_EXCEPTION:
                    del one[name]
        return shown

    def _shown(self, name: str, value: Any) -> Any:  # noqa: ANN401
        if name in PLAIN or name == "exception" or isinstance(value, _NUMBERS):
            return value
        return short_hash(self._key, str(value))


def _own_words(message: object, values: object) -> str:
    """Return the words that a message's author wrote, and numbers."""
    if not isinstance(message, str):
        return type(message).__name__
    if values and isinstance(values, tuple):
        shown = (one if isinstance(one, _NUMBERS) else "…" for one in values)
        try:
            return message % tuple(shown)
        except (TypeError, ValueError):
            return message
    end = 0
    while found := _OWN_WORDS.match(message, end):
        end = found.end()
    return message if end == len(message) else f"{message[:end]}…"


class _Formatter(logging.Formatter):
    """
    Runs structlog's processors over what a record holds.

    Its own ProcessorFormatter copies the record, and runs a second chain: a confirm took a sixth
    longer with it.
    """

    def __init__(self, log_format: Format, conceal: _Concealing | None) -> None:
        super().__init__()
        self._is_clear = conceal is None
        self._of_exceptions: list[Processor] = [
            _add_code,
            structlog.processors.ExceptionRenderer(
                ExceptionDictTransformer(show_locals=False, max_frames=_MAX_FRAMES)
            ),
        ]
        self._of_all: list[Processor] = [conceal] if conceal else []
        as_json = structlog.processors.JSONRenderer(_encode)
        self._of_all.append(_as_text if log_format == "text" else as_json)

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line: Any = {
            "time": time,
            "level": record.levelname.lower(),
            "event": record.getMessage() if self._is_clear else _own_words(record.msg, record.args),
            "logger": record.name,
        }
        line |= {name: it for name, it in vars(record).items() if name not in _OF_EVERY_RECORD}
        processors = self._of_all
        if record.exc_info:
            line["exc_info"] = record.exc_info
            processors = self._of_exceptions + processors
        for process in processors:
            line = process(None, record.name, line)
        return str(line)


def _encode(line: object, **_options: object) -> str:
    return _ENCODER.encode(line)


def _add_code(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    """Add what an exception is called by the database or the system."""
    error = line["exc_info"][1] if isinstance(line.get("exc_info"), tuple) else None
    while error is not None and "code" not in line:
        for one in (error, getattr(error, "orig", None)):
            number = getattr(one, "errno", None)
            code = (
                getattr(one, "sqlstate", None)
                or getattr(one, "sqlite_errorname", None)
                or errno.errorcode.get(number if isinstance(number, int) else 0)
            )
            if code:
                line["code"] = str(code)
        error = error.__cause__ or error.__context__
    return line


def _as_text(_logger: WrappedLogger, _name: str, line: EventDict) -> str:
    lines = [f"{line['level'].upper()} {line['logger']}: {line['event']}"]
    for one in line.get("exception", ()):
        said = f": {one['exc_value']}" if one.get("exc_value") else ""
        lines += [f"  {at['filename']}:{at['lineno']} {at['name']}" for at in one["frames"]]
        lines.append(f"  {one['exc_type']}{said}")
    return "\n".join(lines)


def _log_uncaught(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt) or error is None:
        return
    logging.getLogger("akunsub").critical("ended by a fault", exc_info=(kind, error, traceback))
