"""An endpoint for a test, in a thread, and what the test expects of it."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from akunsub.testing.calls import AnyCategories, Expected, describe, describe_miss
from akunsub.testing.clock import UnsubClock
from akunsub.verify.calls import CHANGING, read_calls

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from types import TracebackType

    from flask.testing import FlaskClient
    from playwright.sync_api import Page

_TIMEOUT_S = 5.0
_LOOK_EVERY_MS = 20


class UnsubServer:
    """
    The pixel endpoint on a free port of 127.0.0.1, for as long as it is entered.

    Args:
        config: An ``akunsub.toml``; without one, the built-in sample's resources and messages.

    Raises:
        SettingsError: *config* cannot be used; on entering.
    """

    def __init__(self, config: Path | str | None = None) -> None:
        self._config = None if config is None else Path(config)
        self._resources = ExitStack()
        self._client: FlaskClient
        #: Where it answers, without a trailing slash: the page's pxl_domain.
        self.url = ""
        self.clock = UnsubClock(lambda move: self._ask("/_unsub/clock", move))
        # Ids of the calls that were expected: they are done with.
        self._matched: set[int] = set()
        self._page: Page | None = None

    def __enter__(self) -> Self:
        """Start."""
        from akunsub.pixel.app import create_app
        from akunsub.pixel.server import THREADS, Server
        from akunsub.platform.settings_file import load_sample, load_settings
        from akunsub.platform.store import Store

        settings = load_settings(self._config) if self._config else load_sample()
        with ExitStack() as resources:
            folder = resources.enter_context(TemporaryDirectory(prefix="akunsub-testing-"))
            store = Store(Path(folder, "unsub.db"), settings, pool_size=THREADS)
            resources.callback(store.close)
            app = create_app(store)
            self.url = resources.enter_context(Server(app)).url
            # Questions of the test's own take no thread of the server.
            self._client = app.test_client()
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stop, and forget everything."""
        self._resources.close()

    def script_url(self, script_id: str = "MXw3Mw==") -> str:
        """Return the ``src`` of the SDK's tag; the default is the sample's resource 73."""
        return f"{self.url}/ak_list_unsubscribe.js?id={script_id}"

    @contextmanager
    def led(self, page: Page) -> Iterator[Page]:
        """
        Lead what *page* sends to any pixel host here.

        Playwright hands its requests to the thread that opened it. So for as long as this is
        entered, what waits here (``expect_confirm`` and the like) lets Playwright go on, and is to
        be used in that thread.
        """
        from akunsub.verify.forwarding import forward_pixel_hosts

        forward_pixel_hosts(page, self.url)
        before, self._page = self._page, page
        try:
            yield page
        finally:
            self._page = before

    def reset(self) -> None:
        """Go back to the configured state and the real time; no call is known any more."""
        self._matched.clear()
        self._ask("/_unsub/reset", {})

    def state(self, smid: str) -> dict[str, Any]:
        """Return where the subscription stands, as ``GET /unsub/state`` tells it."""
        told = self._ask(f"/unsub/state?smid={smid}")
        return {name: value for name, value in told.items() if name != "verdict"}

    def set_resource(self, resource_id: int, **changes: object) -> None:
        """Change a resource until ``reset``: ``set_resource(73, mode="delayed")``."""
        self._ask(f"/_unsub/resources/{resource_id}", changes, method="PATCH")

    def calls(self) -> list[dict[str, Any]]:
        """Return the confirms and cancels since ``reset``, as ``/_unsub/calls`` lists them."""
        return [call for call in read_calls(self._ask) if call["action"] in CHANGING]

    def expect_confirm(
        self,
        smid: str,
        categories: Collection[str] | AnyCategories | None = None,
        *,
        timeout_s: float = _TIMEOUT_S,
    ) -> dict[str, Any]:
        """
        Wait for a good confirm, and return it.

        Each call is what was expected once: two expectations are two calls.

        Args:
            smid: The send message ID.
            categories: Exactly these, in any order; ``None``: everything; ``ANY``.
            timeout_s: How long to wait.

        Raises:
            AssertionError: It did not come; the text has the nearest that did.
        """
        __tracebackhide__ = True
        return self._expect("confirm", smid, categories, timeout_s)

    def expect_cancel(
        self,
        smid: str,
        categories: Collection[str] | AnyCategories | None = None,
        *,
        timeout_s: float = _TIMEOUT_S,
    ) -> dict[str, Any]:
        """Wait for a good cancel, see ``expect_confirm``."""
        __tracebackhide__ = True
        return self._expect("cancel", smid, categories, timeout_s)

    def expect_nothing(self, *, within_s: float = 0.5) -> None:
        """
        Make sure that no confirm or cancel came, but for those that were expected.

        Args:
            within_s: How long one may still come.

        Raises:
            AssertionError: One did, good or bad.
        """
        __tracebackhide__ = True
        deadline = time.monotonic() + within_s
        while not (unexpected := self._unmatched()) and self._wait(deadline):
            pass
        assert not unexpected, _listed("expected nothing", unexpected)  # noqa: S101  # nosec B101  # never false, or in tests of others only

    def check_calls(self, *, allowed_rules: Collection[str] = ()) -> None:
        """
        Make sure that no call since ``reset`` was bad.

        Args:
            allowed_rules: Rules (``call["rule"]``) that a call may break.

        Raises:
            AssertionError: One was; the text says what was wrong and what to do.
        """
        __tracebackhide__ = True
        bad = [
            call
            for call in read_calls(self._ask)
            if call["verdict"] == "bad" and call["rule"] not in allowed_rules
        ]
        assert not bad, _listed("the page made bad calls", bad)  # noqa: S101  # nosec B101  # never false, or in tests of others only

    def _expect(
        self,
        action: str,
        smid: str,
        categories: Collection[str] | AnyCategories | None,
        timeout_s: float,
    ) -> dict[str, Any]:
        __tracebackhide__ = True  # pytest shows the test's own line
        if isinstance(categories, str):
            raise TypeError(f"categories is a list of names: [{categories!r}]")
        wanted = (
            categories
            if categories is None or isinstance(categories, AnyCategories)
            else frozenset(categories)
        )
        expected = Expected(action, smid, wanted)
        deadline = time.monotonic() + timeout_s
        while True:
            calls = self._unmatched()
            for call in calls:
                if not expected.differences(call):
                    self._matched.add(call["id"])
                    return call
            if not self._wait(deadline):
                raise AssertionError(describe_miss(expected, calls, timeout_s))

    def _unmatched(self) -> list[dict[str, Any]]:
        return [call for call in self.calls() if call["id"] not in self._matched]

    def _wait(self, deadline: float) -> bool:
        """Wait for one more call, or a moment; False when the time is over."""
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return False
        if self._page is not None and _go_on(self._page, min(left_s * 1000, _LOOK_EVERY_MS)):
            return True
        calls = read_calls(self._ask)
        read_calls(self._ask, since=calls[-1]["id"] if calls else 0, wait_s=left_s)
        return True

    def _ask(
        self, path: str, body: Mapping[str, object] | None = None, *, method: str = "POST"
    ) -> dict[str, Any]:
        answer = (
            self._client.get(path)
            if body is None
            else self._client.open(path, method=method, json=body)
        )
        told: dict[str, Any] = answer.get_json()
        if answer.status_code >= 400:
            raise ValueError(f"{path}: {told['error_text']}")
        return told


def _go_on(page: Page, milliseconds: float) -> bool:
    """Let Playwright go on; False: it does not for this page, which was closed or has crashed."""
    from playwright.sync_api import Error

    try:
        page.wait_for_timeout(milliseconds)
    except Error:
        return False
    return True


def _listed(head: str, calls: Iterable[Mapping[str, Any]]) -> str:
    lines = [f"{head}:"]
    for call in calls:
        lines.append(f"  {describe(call)}")
        if call["fix"]:
            lines.append(f"    fix: {call['fix']}")
    return "\n".join(lines)
