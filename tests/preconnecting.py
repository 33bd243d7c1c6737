"""
Browsers as people have them: they open a connection ahead where a page asks for it.

Those that are driven do not. Contexts of an automated Chromium are like its incognito windows,
which never preconnect (Chromium 156); Firefox's remote agent sets the preference to 0 (ESR 153).
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from akunsub.verify import engines
from akunsub.verify.engines.engine import Engine
from akunsub.verify.engines.gaps import gaps
from akunsub.verify.engines.launching import LOCAL_ONLY
from akunsub.verify.engines.processes import descendants, kill_trees

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from playwright.sync_api import BrowserContext, Page, Playwright
    from psutil import Process

_FIREFOX = {"network.http.speculative-parallel-limit": 6}  # its own default


@contextmanager
def launched(playwright: Playwright, name: str) -> Iterator[Engine]:
    """
    Give engine *name*, running, and end it afterwards.

    All pages of Chromium share one profile: cookies, storage and open connections.
    """
    with ExitStack() as resources:
        if name == "chromium":
            found = engines.find(name, playwright)
            if not found:
                raise engines.EngineMissingError(name)
            # Chromium's helpers may go on writing into it for a moment after it has closed.
            profile = TemporaryDirectory(prefix="akunsub-profile-", ignore_cleanup_errors=True)
            folder = resources.enter_context(profile)
            before = descendants()
            context = playwright.chromium.launch_persistent_context(
                folder, executable_path=found.executable, args=[LOCAL_ONLY]
            )
            engine: Engine = _Profile(found, context, descendants() - before)
        else:
            prefs = _FIREFOX if name == "firefox" else None
            engine = engines.launch(playwright, name, firefox_prefs=prefs)
        yield resources.enter_context(engine)


class _Profile(Engine):
    def __init__(
        self, found: engines.Found, context: BrowserContext, processes: Collection[Process]
    ) -> None:
        assert context.browser
        super().__init__(found, version=context.browser.version, lacks=gaps(found))
        self._context = context
        self._processes = processes

    def new_page(self, **context_options: Any) -> Page:
        if context_options:
            raise TypeError(f"a profile is one context, without {', '.join(context_options)}")
        return self._context.new_page()

    def close_page(self, page: Page) -> None:
        page.close()

    def kill(self) -> None:
        kill_trees(self._processes)

    def is_running(self) -> bool:
        return any(process.is_running() for process in self._processes)

    def close(self) -> None:
        self._context.close()
