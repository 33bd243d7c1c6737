"""Launches an engine, the same way whichever build of it was found."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from akunsub.errors import AkUnsubError
from akunsub.verify.engines.browser import BrowserEngine
from akunsub.verify.engines.finding import Found, find
from akunsub.verify.engines.firefox_relay import TABS
from akunsub.verify.engines.installing import how_to_install
from akunsub.verify.engines.processes import descendants
from akunsub.verify.engines.stand_in import stand_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

    from akunsub.verify.engines.engine import Engine

#: Chromium asks for update.googleapis.com and accounts.google.com in spite of Playwright's
#: switches (net-log, Chromium 156); with this, before any DNS query, the name does not exist.
LOCAL_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"

# Stock Firefox looks up firefox.settings.services.mozilla.com; the dummy server is honoured
# only with the variable (Firefox ESR 153.7, strace).
_NO_REMOTE_SETTINGS = {"services.settings.server": "data:,#remote-settings-dummy/v1"}
_ALLOW_DUMMY_SERVER = {"MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"}

# Ctrl-C in a terminal goes to Playwright's driver as well. It would end itself at once, while we
# still talk to it; whoever launches an engine closes it.
_OURS: dict[str, Any] = {"handle_sigint": False}


class EngineMissingError(AkUnsubError):
    """The engine *name* is not on this machine; the message says how to get it."""

    def __init__(self, name: str) -> None:
        super().__init__(how_to_install([name]))
        self.name = name


def launch(
    playwright: Playwright,
    name: str,
    *,
    internet: bool = False,
    light: bool = False,
    args: Sequence[str] = (),
    firefox_prefs: Mapping[str, str | float | bool] | None = None,
) -> Engine:
    """
    Launch engine *name*, headless.

    Args:
        playwright: The running Playwright.
        name: One of ``ENGINE_NAMES``.
        internet: Let Chromium's pages load from other machines than this one. The engines' own
            requests are off in any case, but for Chromium's, which only this stops.
        light: For one page at a time, which then opens in less time: the headless shell of a
            system's Chromium, see ``find``, and tabs in place of windows in a system's Firefox.
        args: Further command line arguments of the browser; on system WebKit MiniBrowser's.
        firefox_prefs: Further preferences, for Firefox only.

    Raises:
        EngineMissingError: It is not on this machine.
        playwright.sync_api.Error: It does not start.
    """
    found = find(name, playwright, headless_shell=light)
    if not found:
        raise EngineMissingError(name)
    if found.name == "webkit" and found.kind == "system":
        from akunsub.verify.engines.webkit import MiniBrowserEngine

        return MiniBrowserEngine(playwright.webkit, found, args=args)
    before = descendants()
    with ExitStack() as resources:
        if found.name == "chromium":
            browser = _chromium(playwright, found, resources, args=args, internet=internet)
        elif found.name == "firefox":
            browser = _firefox(
                playwright, found, resources, args=args, prefs=firefox_prefs or {}, tabs=light
            )
        else:
            program = _without_gestures(found, resources)
            browser = playwright.webkit.launch(executable_path=program, args=[*args], **_OURS)
        return BrowserEngine(found, browser, resources.pop_all(), descendants() - before)


def _chromium(
    playwright: Playwright,
    found: Found,
    resources: ExitStack,
    *,
    args: Sequence[str],
    internet: bool,
) -> Browser:
    # With an executable Playwright takes the browser itself, headless, not its separate
    # "headless shell": the system's Chromium and its own run the same way.
    program = _without_gestures(found, resources)
    rules = [] if internet else [LOCAL_ONLY]
    return playwright.chromium.launch(executable_path=program, args=[*rules, *args], **_OURS)


def _without_gestures(found: Found, resources: ExitStack) -> Path:
    """Return what to start so that Playwright pretends no user gestures, see gestures.py."""
    if os.name != "posix":  # the relay is a shell script, and inherits file descriptors
        return found.executable
    return resources.enter_context(stand_in("pipe_relay", found.executable))


def _firefox(
    playwright: Playwright,
    found: Found,
    resources: ExitStack,
    *,
    args: Sequence[str],
    prefs: Mapping[str, str | float | bool],
    tabs: bool,
) -> Browser:
    if found.kind == "playwright":
        return playwright.firefox.launch(args=[*args], firefox_user_prefs={**prefs}, **_OURS)
    relay_options = [TABS] if tabs else []
    relay = resources.enter_context(stand_in("firefox_relay", found.executable, *relay_options))
    options: dict[str, Any] = {
        # A channel "moz-…" selects WebDriver BiDi, which stock Firefox speaks, in place of
        # Juggler, which only Playwright's own build has.
        "channel": "moz-firefox",
        "executable_path": relay,
        "env": {**os.environ, **_ALLOW_DUMMY_SERVER},
        "firefox_user_prefs": {**_NO_REMOTE_SETTINGS, **prefs},
    }
    return playwright.firefox.launch(args=[*args], **options, **_OURS)
