"""What every engine offers, whatever drives it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from playwright.sync_api import Page

    from akunsub.verify.engines.finding import Found, Kind
    from akunsub.verify.engines.xinput import Window


class Engine(ABC):
    """
    A running browser engine.

    Attributes:
        version: As the engine says it, such as ``"156.0.8078.79"``.
        lacks: Names of what this engine cannot do, see ``gaps.py``.
    """

    def __init__(self, found: Found, *, version: str, lacks: frozenset[str]) -> None:
        self.found = found
        self.version = version
        self.lacks = lacks

    @property
    def name(self) -> str:
        return self.found.name

    @property
    def kind(self) -> Kind:
        return self.found.kind

    @abstractmethod
    def new_page(self, **context_options: Any) -> Page:  # noqa: ANN401
        """
        Open a page in a context of its own: no cookie or storage is shared with another.

        Args:
            context_options: As for Playwright's ``Browser.new_context``. System WebKit knows
                ``viewport``, ``user_agent`` and ``timezone_id`` and raises TypeError on others.
        """

    @abstractmethod
    def close_page(self, page: Page) -> None:
        """Close *page* and its context; a page that has closed itself is no error."""

    @contextmanager
    def page(self, **context_options: Any) -> Iterator[Page]:  # noqa: ANN401
        """Give a new page, see ``new_page``, and close it at the end."""
        page = self.new_page(**context_options)
        try:
            yield page
        finally:
            self.close_page(page)

    @abstractmethod
    def kill(self) -> None:
        """
        End the browser at once, from any thread: a call that waits for a page then raises.

        What else belongs to the engine is there until ``close``.
        """

    @abstractmethod
    def is_running(self) -> bool:
        """Ask whether another page can be opened."""

    @abstractmethod
    def close(self) -> None:
        """Close all pages and end every process that was started for this engine."""

    def window(self, page: Page) -> Window | None:  # noqa: ARG002
        """Return where a real pointer is needed for trusted events, ``None`` elsewhere."""
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
