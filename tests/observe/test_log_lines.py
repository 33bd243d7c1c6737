"""Writing log lines: none is lost, and nobody waits for who reads them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys

import pytest

from akunsub.log_lines import Lines
from tests.waiting import until


def record(message, level=logging.INFO):
    return logging.makeLogRecord({"msg": str(message), "levelno": level})


@pytest.fixture
def full_pipe():
    """A pipe that takes nothing more until it is read; its ends: reading, writing."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"\n" * 4096)
    os.set_blocking(writing, True)
    yield reading, writing
    for end in (reading, writing):
        with contextlib.suppress(OSError):
            os.close(end)


@pytest.mark.parametrize("level", [logging.INFO, logging.ERROR])
@pytest.mark.parametrize("is_blocking", [True, False])
def test_nobody_waits_for_a_log_that_is_not_read(full_pipe, level, is_blocking):
    reading, writing = full_pipe
    os.set_blocking(writing, is_blocking)
    handler = Lines(writing)
    handler.handle(record(0))
    until(lambda: not handler._waiting)
    for number in range(1, 20_001):
        handler.handle(record(number, level))

    told = []
    with open(reading, closefd=False) as log:
        while not told or told[-1] != 20_000:
            told += [int(one) for one in [log.readline().strip()] if one]
        handler.handle(record("the next"))
        assert log.readline() == "the next\n"

    assert told == [0, *range(10_001, 20_001)]


END = """
import logging
from akunsub import logs
logs.set_up("json", clear=False)
log = logging.getLogger("somebody")
for number in range(2000):
    log.log(logging.ERROR if number % 500 == 7 else logging.INFO, "line %d" % number)
log.log({last}, "the last %d", 7)
"""


@pytest.mark.parametrize("last", [logging.INFO, logging.ERROR])
def test_lines_are_in_order_and_none_is_lost(last):
    done = subprocess.run(
        [sys.executable, "-c", END.format(last=last)], capture_output=True, text=True, check=True
    )

    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events == [*(f"line {number}" for number in range(2000)), "the last 7"]


@pytest.mark.parametrize("variables", [{}, {"PYTHONUNBUFFERED": "1"}])
def test_a_process_ends_although_nobody_reads_its_log(full_pipe, variables):
    others = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [sys.executable, "-c", END.format(last=logging.ERROR)],
        stderr=full_pipe[1],
        env=others | variables,
    )

    assert process.wait(timeout=30) == 0


def test_without_standard_error_there_is_no_log():
    done = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", sys.executable, "-c", END.format(last=logging.ERROR)],
        check=False,
    )

    assert done.returncode == 0


def test_a_line_that_cannot_be_made_costs_no_other(full_pipe, capsys):
    handler = Lines(full_pipe[1])
    handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("no number",), "levelno": 20}))
    handler.handle(record("the next"))

    assert "no number" in capsys.readouterr().err
    with open(full_pipe[0], closefd=False) as log:
        assert next(line for line in log if line.strip()) == "the next\n"


def test_a_log_without_a_reader_ends_nothing(full_pipe):
    os.close(full_pipe[0])
    handler = Lines(full_pipe[1])
    for number in range(3):
        handler.handle(record(number))
        handler.flush()

    assert not handler._waiting
