"""The endpoint that a check of a page uses: a process of its own, asked over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import httpx

from akunsub.errors import ServerError

if TYPE_CHECKING:
    from types import TracebackType

#: What a page does to a subscription. What it asks (``state``) changes nothing.
CHANGING = frozenset({"confirm", "cancel"})


class Endpoint:
    """
    ``akunsub serve``, for as long as it is entered.

    Args:
        config: An ``akunsub.toml``; ``None``: the built-in sample.
    """

    def __init__(self, config: Path | None = None) -> None:
        self._config = config
        self._resources = ExitStack()
        self._http: httpx.Client
        #: Its origin.
        self.url = ""

    def __enter__(self) -> Self:
        """Start it."""
        with ExitStack() as resources:
            folder = resources.enter_context(TemporaryDirectory(prefix="akunsub-verify-"))
            command = [sys.executable, "-P", "-m", "akunsub", "serve", "--port", "0", "--json"]
            command += ["--db", str(Path(folder, "verify.db"))]
            if self._config:
                command += ["--config", str(self._config.resolve())]
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            resources.callback(_end, process)
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                said = process.stderr.read() if process.stderr else ""
                raise ServerError(said.strip().removeprefix("Error: ") or "akunsub serve ended")
            self.url = json.loads(line)["url"]
            self._http = resources.enter_context(
                httpx.Client(base_url=self.url, timeout=30, trust_env=False)
            )
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self._resources.close()

    def reset(self) -> None:
        """Go back to the configured state."""
        self._ask("POST", "/_unsub/reset")

    def set_resource(self, account_id: int, resource_id: int, **changes: object) -> None:
        """Change a resource until ``reset``."""
        path = f"/_unsub/resources/{resource_id}?account_id={account_id}"
        self._ask("PATCH", path, changes)

    def resources(self) -> list[dict[str, Any]]:
        """Return what is configured."""
        found: list[dict[str, Any]] = self._ask("GET", "/_unsub/resources")["resources"]
        return found

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages whose smids can be used."""
        found: list[dict[str, Any]] = self._ask("GET", "/_unsub/messages")["messages"]
        return found

    def last_id(self) -> int:
        """Return the id of the latest call; 0 without one."""
        calls = self._list(0, 0)
        return int(calls[-1]["id"]) if calls else 0

    def calls(self, *, since: int = 0, wait_s: float = 0) -> list[dict[str, Any]]:
        """Return the confirms and cancels after *since*; wait until there is at least one."""
        return [call for call in self._list(since, wait_s) if call["action"] in CHANGING]

    def state(self, smid: str) -> dict[str, Any]:
        """Return where the subscription stands."""
        return self._ask("GET", f"/unsub/state?smid={smid}")

    def _list(self, since: int, wait_s: float) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self._ask("GET", f"/_unsub/calls?since={since}&wait={wait_s}")["calls"]:
            found += page
            since, wait_s = page[-1]["id"], 0
        return found

    def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        answer = self._http.request(method, path, json=body).raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    with process:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
