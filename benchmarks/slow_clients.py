"""
Is a confirm answered in time while thousands of slow clients keep connections open?

``python -m benchmarks.slow_clients [--clients 10000] [--ways nginx direct]`` opens them to
``akunsub serve --production`` itself, and to nginx (apt-get install nginx) before it with the
configuration of docs/operations/nginx.conf, and sends one confirm after another, each over a
connection of its own. A few more are started, as nginx ends each after a while. It ends with 1
when behind nginx the 99th percentile is a second or more, or fewer than that were open at any time.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from akunsub.pixel.open_files import raise_open_files
from benchmarks import report
from benchmarks.laboratory.load import Servers, serving
from benchmarks.store_growth import make, making_databases

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURATION = Path(__file__).parents[1] / "docs" / "operations" / "nginx.conf"
MAX_P99_MS = 1000.0
#: The way that is promised.
PROMISED = "nginx"
_OPENING_S = 240
#: Of those asked for.
_STARTED = 1.1
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


@contextlib.contextmanager
def nginx(upstream: int, folder: Path) -> Iterator[int]:
    """Run nginx before *upstream*, as documented but for ports and paths; give its port."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        raise SystemExit("nginx is missing: apt-get install nginx")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    changes = {
        "127.0.0.1:8025": f"127.0.0.1:{upstream}",
        "listen 80 ": f"listen 127.0.0.1:{port} ",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx/error.log": f"{folder}/error.log",
    }
    text = CONFIGURATION.read_text(encoding="utf-8")
    for documented, ours in changes.items():
        if text.count(documented) != 1:
            raise SystemExit(f"{CONFIGURATION} does not have {documented!r} once")
        text = text.replace(documented, ours)
    # The system may not let us have as many open files as the file asks for.
    text = re.sub(r"worker_rlimit_nofile \d+", f"worker_rlimit_nofile {_most_open_files()}", text)
    # Where nginx drops its rights, its other user cannot enter this folder.
    text += "" if os.geteuid() else "\nuser root;\n"
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(path), "-g", "daemon off;"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _most_open_files() -> int:
    import resource

    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)
        else:
            return


class SlowClients:
    """So many clients that hardly say anything, in a process of their own."""

    def __init__(self, port: int, count: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.laboratory.slow", str(port), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def count(self) -> int:
        """Return how many are connected now."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise TypeError("it has both")
        stdin.write("\n")
        stdin.flush()
        return int(stdout.readline())

    def end(self) -> None:
        """Let them go."""
        self._process.communicate(timeout=60)


def kept_by(process_ids: list[int]) -> int:
    """Return how many files, connections among them, these processes have open."""
    return sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in process_ids)


def confirm(port: int, number: int) -> float:
    """Send one confirm over a connection of its own; return the milliseconds it took."""
    body = f"smid=fGrowth{number}&id=MXw3Mw%3D%3D&request_id=slow-{port}-{number}&age_ms=0&v=1"
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/unsub/confirm", body, _HEADERS)
    answer = connection.getresponse()
    answer.read()
    taken = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"a confirm was answered {answer.status}")
    return taken


def measure(port: int, servers: Servers, options: argparse.Namespace) -> dict[str, float]:
    """Open the slow clients, then send confirms for a while."""
    clients = SlowClients(port, int(options.clients * _STARTED))
    try:
        began = time.monotonic()
        # Connected is not accepted: without nginx, the server has to have taken them all.
        direct = port in servers.ports
        while clients.count() < options.clients or (
            direct and kept_by(servers.process_ids) < options.clients
        ):
            if time.monotonic() - began > _OPENING_S:
                break
            time.sleep(0.5)
        opening_s = time.monotonic() - began
        taken, began, least = [], time.monotonic(), clients.count()
        while time.monotonic() - began < options.seconds:
            taken.append(confirm(port, len(taken) + 1 + (0 if direct else options.people // 2)))
            if len(taken) % 50 == 1:
                least = min(least, clients.count())
    finally:
        clients.end()
    taken.sort()
    return {
        "slow_clients": least,
        "opened_in_s": round(opening_s, 1),
        "confirms": len(taken),
        "p50_ms": round(statistics.median(taken), 1),
        "p99_ms": round(statistics.quantiles(taken, n=100)[98], 1),
        "longest_ms": round(taken[-1], 1),
    }


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=10_000, help="open at any time")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument(
        "--ways", nargs="+", choices=("nginx", "direct"), default=["nginx", "direct"]
    )
    parser.add_argument("--people", type=int, default=50_000)
    options = parser.parse_args(argv)
    raise_open_files()
    found = {}
    with making_databases("sqlite") as new, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        database = new(options.people)
        make(database, options.people)
        for way in options.ways:
            with contextlib.ExitStack() as stack:
                servers = stack.enter_context(serving("confirm", database, 1, folder))
                port = servers.ports[0]
                if way == "nginx":
                    port = stack.enter_context(nginx(port, folder))
                found[way] = measure(port, servers, options)
            report.say(f"{way}: {found[way]}")
    names = list(next(iter(found.values())))
    rows = [("", *names), *((way, *(one[name] for name in names)) for way, one in found.items())]
    report.say(report.table(rows))
    promised = found.get(PROMISED)
    kept = promised is None or (
        promised["p99_ms"] < MAX_P99_MS and promised["slow_clients"] >= options.clients
    )
    report.say(
        f"promised behind {PROMISED}: p99 < {MAX_P99_MS:.0f} ms with {options.clients:,} open at "
        f"any time: {'kept' if kept else 'NOT KEPT'}"
    )
    report.write(
        "slow_clients", {"ways": found, "versions": report.versions("akunsub", "waitress")}
    )
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
