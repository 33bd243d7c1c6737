"""
Logs: how lines look, and what of a person may be in them.

Unless it is to be shown in the clear, a line holds numbers, the words of our own code, and for
anything else (a smid, a request's id) a short keyed hash. No text that was made from what somebody
sent is in it: not the path, not the address, not what an exception says.

Any module logs by ``logging``, with facts as ``extra``; ``set_up`` is for the process.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import logging
import re
import secrets
import sys
import threading
from typing import TYPE_CHECKING, Literal

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer

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
_Number = int | float | None
_INTERNAL = {"_record", "_from_structlog", "exception"}
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
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(log_format, None if clear else _Concealing(key)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
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
    digest = hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:16]


class _Concealing:
    """A processor that leaves nothing of a person in a line."""

    def __init__(self, key: str | None) -> None:
        self._key = key or secrets.token_hex()

    def __call__(self, _logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
        record: logging.LogRecord = line["_record"]
        line["event"] = _own_words(record.msg, line.pop("positional_args", ()))
        for name, value in list(line.items()):
            if name in PRIVATE:
                del line[name]
            elif not (name in _INTERNAL or name in PLAIN or isinstance(value, _Number)):
                line[name] = short_hash(self._key, str(value))
        for one in line.get("exception", ()):
            for name in [*one]:
                if name not in _SHOWN_OF_EXCEPTION:
                    del one[name]
        return line


def _own_words(message: object, values: object) -> str:
    """Return the words that a message's author wrote, and numbers."""
    if not isinstance(message, str):
        return type(message).__name__
    if values and isinstance(values, tuple):
        shown = (one if isinstance(one, _Number) else "…" for one in values)
        try:
            return message % tuple(shown)
        except (TypeError, ValueError):
            return message
    end = 0
    while found := _OWN_WORDS.match(message, end):
        end = found.end()
    return message if end == len(message) else f"{message[:end]}…"


def _formatter(log_format: Format, conceal: Processor | None) -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            ExtraAdder(),
        ],
        processors=[
            _add_code,
            structlog.processors.ExceptionRenderer(
                ExceptionDictTransformer(show_locals=False, max_frames=_MAX_FRAMES)
            ),
            conceal or _drop_arguments,
            ProcessorFormatter.remove_processors_meta,
            _as_text if log_format == "text" else _first_things_first,
            *([] if log_format == "text" else [structlog.processors.JSONRenderer()]),
        ],
        pass_foreign_args=True,
    )


def _drop_arguments(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    line.pop("positional_args", None)
    return line


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


def _first_things_first(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    return {name: line[name] for name in ("time", "level", "event")} | dict(line)


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
