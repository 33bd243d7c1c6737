"""The fault proxy from Python; how it is used stands in ``proxy.py``."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx

from tests.faults.fault import Fault

ROOT = Path(__file__).parents[2]
_END_TIMEOUT_S = 5
_WAIT_S = 30
_POLL_S = 0.02


class FaultProxy:
    """The process, until ``close``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.proxy"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for who started it
        )
        line = self._process.stdout.readline()
        if not line:
            raise OSError(f"the fault proxy does not start, status {self._process.wait()}")
        url = f"http://127.0.0.1:{json.loads(line)['port']}"
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def lane(self, upstream: str, fault: Fault | None = None, /, **facts) -> Lane:
        """Open a lane in front of *upstream*, with *fault*, or with ``Fault(**facts)``."""
        return Lane(self._http, upstream, fault or Fault(**facts))

    def close(self) -> None:
        self._http.close()
        with self._process as process:
            process.stdin.close()
            try:
                process.wait(_END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.close()


class Lane:
    """
    A port with a fault, until ``close``.

    Attributes:
        url: Its origin, without a trailing slash.
    """

    def __init__(self, http: httpx.Client, upstream: str, fault: Fault) -> None:
        self._http = http
        opened = self._ask("POST", "/lanes", {"upstream": upstream, "fault": fault.as_dict()})
        self._path = f"/lanes/{opened['id']}"
        self.port: int = opened["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def arm(self, fault: Fault | None = None, /, **facts) -> None:
        """Let another fault begin; what still hangs from the one before is dropped."""
        self._ask("PUT", f"{self._path}/fault", (fault or Fault(**facts)).as_dict())

    def release(self) -> None:
        """Let what is held go on, and everything later pass."""
        self._ask("POST", f"{self._path}/release")

    def report(self) -> dict:
        """Return all that it knows, see ``proxy.py``."""
        return self._ask("GET", self._path)

    @property
    def requests(self) -> list[dict]:
        return self.report()["requests"]

    @property
    def connections(self) -> list[dict]:
        return self.report()["connections"]

    def wait(self, is_so, timeout_s: float = _WAIT_S) -> Lane:
        """Look until ``is_so(lane)``; AssertionError with what it saw, if it never is."""
        deadline = time.monotonic() + timeout_s
        while not is_so(self):
            assert time.monotonic() < deadline, json.dumps(self.report(), indent=1)
            time.sleep(_POLL_S)
        return self

    def close(self) -> None:
        with contextlib.suppress(httpx.HTTPError):  # the process may be gone
            self._ask("DELETE", self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = self._http.request(method, path, json=body)
        if answer.is_error:
            raise ValueError(f"{method} {path}: {answer.text}")
        return answer.json()
