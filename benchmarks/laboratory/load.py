"""What a load needs: servers that share a database, and wrk, which sends to all of them at once."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from akunsub.platform.settings_file import read_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
PATHS = {"confirm": "/unsub/confirm", "bare": "/bare"}
#: As in the unit of docs/operations.md: what glibc keeps for each thread is not given back.
MALLOC = {"MALLOC_ARENA_MAX": "2", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
_TOKEN = "load-load-load-load"  # noqa: S105 (nobody else can reach it)


class Servers(NamedTuple):
    """Processes that answer, one port each."""

    ports: list[int]
    process_ids: list[int]


class Load(NamedTuple):
    """What one run of wrk came to."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answered: int
    #: Answers that are not 2xx, and requests without an answer.
    failed: int
    #: Of one core: near 1 for each thread, wrk itself would be the limit.
    generator_cpu: float
    servers_cpu_ms: float


@contextlib.contextmanager
def serving(kind: str, database: str, count: int, folder: Path) -> Iterator[Servers]:
    """
    Run *count* processes on one database.

    Args:
        kind: ``confirm``, the product as it is run for real subscribers; or ``bare``.
        database: As for ``--db``.
        count: How many.
        folder: For the configuration.
    """
    config = folder / "akunsub.toml"
    config.write_text(read_sample(), encoding="utf-8")
    serve = ["akunsub", "serve", "--production", "--json", "--port", "0", "--db", database]
    program = {
        "confirm": [*serve, "--config", str(config)],
        "bare": ["benchmarks.laboratory.bare", database],
    }
    environment = os.environ | MALLOC | {"AKUNSUB_API_TOKEN": _TOKEN}
    with contextlib.ExitStack() as stack:
        processes = []
        # Its log has a line for each request.
        log = stack.enter_context((folder / f"{kind}.log").open("a"))
        for _ in range(count):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", *program[kind]],
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    env=environment,
                )
            )
            stack.callback(process.terminate)
            processes.append(process)
        lines = [process.stdout.readline() for process in processes if process.stdout]
        ports = [urlsplit(json.loads(line)["url"]).port or 0 for line in lines]
        yield Servers(ports, [process.pid for process in processes])


def send(
    kind: str,
    servers: Servers,
    *,
    first: int,
    share: int,
    seconds: float,
    connections: int,
) -> Load:
    """
    Let wrk send for some time, one thread for each server.

    Args:
        kind: ``confirm`` or ``bare``.
        servers: Who answers.
        first: The number of the first smid.
        share: How many smids each thread may use before it begins again.
        seconds: How long.
        connections: In all, kept open.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    threads = len(servers.ports)
    command = [wrk, f"-t{threads}", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s"]
    command += ["-s", str(HERE / "confirms.lua"), f"http://127.0.0.1:{servers.ports[0]}"]
    command += ["--", PATHS[kind], str(first), str(share)]
    before, cpu_before = resource.getrusage(resource.RUSAGE_CHILDREN), cpu_seconds(servers)
    began = time.monotonic()
    done = subprocess.run(
        command,
        env=os.environ | {"LOAD_PORTS": " ".join(map(str, servers.ports))},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 60,
    )
    taken, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    servers_cpu = cpu_seconds(servers) - cpu_before
    found = re.search(r"^JSON (.*)$", done.stdout, re.MULTILINE)
    if found is None:
        raise SystemExit(f"wrk failed: {done.stdout}{done.stderr}")
    told = json.loads(found[1])
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Load(
        per_second=told["answered"] / told["seconds"],
        p50_ms=told["p50_ms"],
        p99_ms=told["p99_ms"],
        answered=told["answered"],
        failed=told["refused"] + told["broken"],
        generator_cpu=used / taken,
        servers_cpu_ms=servers_cpu * 1000 / max(1, told["answered"]),
    )


def cpu_seconds(servers: Servers) -> float:
    """Return the processor time that the servers have had."""
    ticks = 0
    for process_id in servers.process_ids:
        # After the name, which may hold anything: utime and stime are the 14th and 15th field.
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(servers: Servers) -> float:
    """Return what the servers hold in memory, all together."""
    sizes = [Path(f"/proc/{one}/statm").read_text().split() for one in servers.process_ids]
    pages = sum(int(resident) for _, resident, *_ in sizes)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
