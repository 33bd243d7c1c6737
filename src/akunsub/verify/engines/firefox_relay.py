"""
Stands between Playwright and a stock Firefox.

``python -m akunsub.verify.engines.firefox_relay [--tabs] EXECUTABLE ARGUMENT...``: its own program,
as Playwright starts it in Firefox's place. It takes back pretended gestures, tells the bodies of
routed requests (request_bodies.py), and fills in for commands this Firefox is too old for:
Playwright 1.65.2 sends ``emulation.setMediaFeaturesOverride`` for every new page, and Firefox
ESR 153.7 answers "unknown command", which fails the page.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess  # nosec B404  # lists of arguments, never a shell
import sys
from typing import TYPE_CHECKING

from akunsub.verify.engines.gestures import without_gesture
from akunsub.verify.engines.request_bodies import RequestBodies, without_body
from akunsub.verify.engines.socket_relay import SocketRelay

if TYPE_CHECKING:
    from collections.abc import Callable

#: Open each page in a tab: the window that Playwright asks for takes 0.2 s more. A page that is
#: not in front is hidden then.
TABS = "--tabs"

_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://[\w.]+:\d+)")


def main(command: list[str]) -> int:
    has_tabs = command[0] == TABS
    if has_tabs:
        command = command[1:]
    on_command = _command_in_tabs if has_tabs else _command
    firefox = subprocess.Popen(  # nosec B603  # a list of arguments of ours
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: firefox.terminate())
    relay: SocketRelay | None = None
    with firefox:
        for line in firefox.stdout or ():
            listening = _LISTENING.search(line)
            if listening and not relay:
                relay = SocketRelay(listening[1], command=on_command, answers=_answers)
                line = f"WebDriver BiDi listening on ws://127.0.0.1:{relay.port}\n"  # noqa: PLW2901
            sys.stderr.write(line)
            sys.stderr.flush()
    if relay:
        relay.close()
    return firefox.returncode


def _command(message: str) -> str:
    return without_body(without_gesture(message))


def _command_in_tabs(message: str) -> str:
    return _command(in_a_tab(message))


def in_a_tab(message: str) -> str:
    """Return *message*, one command to Firefox, with a tab where a window is asked for."""
    if '"browsingContext.create"' not in message:
        return message
    command = json.loads(message)
    if command.get("method") == "browsingContext.create":
        command["params"]["type"] = "tab"
    return json.dumps(command)


def _answers(send: Callable[[str], None]) -> Callable[[str], str | None]:
    with_bodies = RequestBodies(send)
    return lambda message: with_bodies(without_unknown_emulation(message))


def without_unknown_emulation(message: str) -> str:
    """Return *message*, one answer of Firefox, with an unknown emulation command succeeding."""
    if '"unknown command"' not in message:
        return message
    answer = json.loads(message)
    # Firefox's message is the name of the command, nothing else.
    if answer.get("error") == "unknown command" and answer["message"].startswith("emulation."):
        return json.dumps({"type": "success", "id": answer["id"], "result": {}})
    return message


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
