"""
Browsers of one kind that look at a page together.

Most of a look is waiting, for a page to open or to say something: two take less time than one.
Playwright's objects belong to the thread that made them, so each browser has one of its own.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from akunsub.verify import engines

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from akunsub.verify.engines import Engine

# What a launch starts is found by what is there afterwards: another one must not start meanwhile.
_launching = threading.Lock()


class Crew:
    """
    Browsers that are being launched, and ended with the context.

    Args:
        name: The engine's.
        size: How many.
        internet: As for ``engines.launch``.

    Attributes:
        version: The engine's.

    Raises:
        EngineMissingError: It is not here.
        playwright.sync_api.Error: The first does not start. Without others it only takes longer.
    """

    def __init__(self, name: str, size: int, *, internet: bool = False) -> None:
        self.name = name
        self._members = [_Member(name, internet=internet) for _ in range(size)]
        try:
            self.version = self._members[0].launched.result().version
        except BaseException:
            self.close()
            raise

    def each(self, work: Callable[[Engine], None]) -> None:
        """Let each browser, once it runs, do *work* in its thread; wait for all."""
        done = [member.do(work) for member in self._members]
        wait(done)
        for one in done:
            one.result()

    def kill(self) -> None:
        """End the browsers at once, from any thread; see ``Engine.kill``."""
        for member in self._members:
            member.kill()

    def is_running(self) -> bool:
        """Ask whether each can open another page."""
        answers: list[bool] = []
        self.each(lambda engine: answers.append(engine.is_running()))
        return all(answers)

    def close(self) -> None:
        """End every browser, and whatever was started for it."""
        closing = [member.close() for member in self._members]
        wait(closing)
        for one in closing:
            one.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Member:
    """
    One browser and its thread.

    Attributes:
        launched: The browser, or why it does not start.
    """

    def __init__(self, name: str, *, internet: bool) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"akunsub-{name}")
        self._resources = ExitStack()
        self.launched: Future[Engine] = self._thread.submit(self._launch, name, internet=internet)

    def do(self, work: Callable[[Engine], None]) -> Future[None]:
        """Do *work*, unless there is no browser."""
        return self._thread.submit(self._do, work)

    def kill(self) -> None:
        if self.launched.done() and not self.launched.exception():
            self.launched.result().kill()

    def close(self) -> Future[None]:
        closing = self._thread.submit(self._resources.close)
        self._thread.shutdown(wait=False)
        return closing

    def _launch(self, name: str, *, internet: bool) -> Engine:
        from playwright.sync_api import sync_playwright

        with _launching, ExitStack() as resources:
            playwright = resources.enter_context(sync_playwright())
            engine = resources.enter_context(
                engines.launch(playwright, name, internet=internet, light=True)
            )
            self._resources = resources.pop_all()
        return engine

    def _do(self, work: Callable[[Engine], None]) -> None:
        if not self.launched.exception():
            work(self.launched.result())
