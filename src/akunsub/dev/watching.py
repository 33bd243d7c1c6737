"""Tells when a file of a folder changes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from watchfiles import DefaultFilter, watch

from akunsub.dev.sources import is_hidden
from akunsub.printable import in_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchfiles import Change

# A comment every so often: who writes to a page that is gone learns that it is.
_ALIVE_S = 1.0
_STREAM_S = 50.0
# Not a database or a log beside it, which a page that is opened can write to.
_SUFFIXES = {
    *(".html", ".htm", ".js", ".mjs", ".css", ".json", ".py", ".svg"),
    *(".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".ico", ".woff2"),
}
_without_caches = DefaultFilter()


def _is_of_a_page(change: Change, path: str) -> bool:
    file = Path(path)
    is_of_one = file.suffix.lower() in _SUFFIXES and not is_hidden(file.name)
    return is_of_one and _without_caches(change, path)


class Watching:
    """
    The changes of a folder, while the context lasts.

    Args:
        folder: With all that is below; ``None``: nothing ever changes.
        tell: Is told which files changed, in the watching thread.
    """

    def __init__(self, folder: Path | None, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._tell = tell
        self._count = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="akunsub-watch", daemon=True)

    def _watch(self) -> None:
        if self._folder is None:
            return
        try:
            for changes in watch(
                self._folder,
                watch_filter=_is_of_a_page,
                stop_event=self._stop,
                debounce=100,
                step=20,
                ignore_permission_denied=True,
            ):
                names = sorted({in_one_line(Path(path).name) for _, path in changes})
                with self._changed:
                    self._count += 1
                    self._changed.notify_all()
                self._tell(f"{', '.join(names)} changed")
        except (OSError, RuntimeError) as error:  # too many folders to watch, for one
            self._tell(f"Changes of files are not seen any more: {error}")

    @property
    def count(self) -> int:
        """How often something has changed."""
        return self._count

    def events(self, since: int, is_stopping: Callable[[], bool]) -> Iterator[str]:
        """Yield server-sent events: one if ``count`` is not *since*, or is not any more."""
        yield "retry: 500\n\n"
        end = time.monotonic() + _STREAM_S
        while time.monotonic() < end and not is_stopping():
            with self._changed:
                if self._changed.wait_for(lambda: self._count != since, _ALIVE_S):
                    yield "event: change\ndata:\n\n"
                    return
            yield ":\n\n"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._folder is not None:
            self._thread.join(timeout=5)
