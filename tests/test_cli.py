"""The command line, run as a person runs it: another process, its output, its exit code."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from akunsub.platform.settings_file import read_sample
from tests.conftest import SCRIPT_ID, SMID, Endpoint

COMMAND = [sys.executable, "-m", "akunsub"]


def run(*arguments, **options):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False, **options
    )


@contextmanager
def started(*arguments, **options):
    """A running command, and the JSON line that it prints once it answers."""
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--json"], stdout=subprocess.PIPE, text=True, **options
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_serve_says_where_it_is_once_it_answers(tmp_path):
    with started("serve", "--port", "0", cwd=tmp_path) as (process, facts):
        health = httpx.get(f"{facts['url']}/_unsub/health")

    assert health.json()["status"] == "ok"
    assert facts == {
        "url": facts["url"],
        "inspector": f"{facts['url']}/_unsub/",
        "pid": process.pid,
    }
    assert (tmp_path / "akunsub.db").exists()


def test_what_was_answered_survives_a_kill(tmp_path):
    """An answer with error 0 means that it is on disk: repeated, as a race has many outcomes."""
    arguments = ("serve", "--port", "0", "--db", str(tmp_path / "calls.db"))
    expected = []
    for category in ("category_1", "category_2", "cat_to_unsub", None):
        with started(*arguments) as (process, facts):
            endpoint = Endpoint(facts["url"])
            fields = {"categories": category} if category else {}
            answer = endpoint.confirm(request_id=f"r-{category}", **fields)
            process.send_signal(signal.SIGKILL)
            endpoint.http.close()
        assert answer.json()["error"] == 0
        expected.append((category, f"r-{category}"))

    with started(*arguments) as (_, facts):
        endpoint = Endpoint(facts["url"])
        state, calls = endpoint.state(), endpoint.actions()
        repeated = endpoint.confirm(request_id="r-None")
        endpoint.http.close()
    assert state["status"] == "unsubscribed"
    assert state["categories"] == ["cat_to_unsub", "category_1", "category_2"]
    assert [call["reason"] for call in calls] == ["ok"] * len(expected)
    assert repeated.headers["duplicate-request"] == "true"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(tmp_path, number):
    with started("serve", "--port", "0", cwd=tmp_path, stderr=subprocess.PIPE) as (process, _):
        process.send_signal(number)
        code = process.wait(timeout=20)
        error = process.stderr.read()
        process.stderr.close()

    assert (code, error) == (0, "")


def test_a_taken_port_is_told_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: cannot listen on 127.0.0.1 port {port}: ")
    assert done.stderr.count("\n") == 1


def test_configuration_here_is_used_unless_another_is_named(tmp_path):
    text = read_sample().replace("Example Shop", "My Shop").replace(SMID, "fMine")
    (tmp_path / "akunsub.toml").write_text(text)

    with started("serve", "--port", "0", cwd=tmp_path) as (_, facts):
        messages = httpx.get(f"{facts['url']}/_unsub/messages").json()["messages"]

    assert messages[0]["smid"] == "fGmXiWU9Y4NSIpCwl4QG6QXAAAQE"
    assert "fMine" in {message["smid"] for message in messages}


def test_configuration_can_come_from_standard_input(tmp_path):
    text = read_sample().replace(SMID, "fMine")
    (tmp_path / "given.toml").write_text(text)
    with (tmp_path / "given.toml").open() as given:
        arguments = ("serve", "--port", "0", "--config", "-")
        with started(*arguments, cwd=tmp_path, stdin=given) as (_, facts):
            messages = httpx.get(f"{facts['url']}/_unsub/messages").json()["messages"]

    assert "fMine" in {message["smid"] for message in messages}


def test_what_is_wrong_with_a_given_configuration_is_told(tmp_path):
    done = run("serve", "--port", "0", "--config", "-", cwd=tmp_path, input="resources = 1")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: standard input: resources: Input should be")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--config", "nosuch.toml"], "Error: nosuch.toml: cannot be read: "),
        (["--config", "bad.toml"], "Error: bad.toml: resources[0].mode: Input should be"),
        (["--db", "notes.txt"], "Error: cannot use the database"),
        (["--db", "nosuch://x"], "Error: cannot use the database nosuch://x: not a file"),
        (["--host", "192.0.2.1"], "Error: cannot listen on 192.0.2.1 port"),
        (["--host", "no such host"], "Error: cannot listen on no such host port"),
    ],
)
def test_what_cannot_be_used_is_told_without_a_traceback(tmp_path, arguments, told):
    broken = read_sample().replace('\nmode = "confirm"', '\nmode = "later"')
    (tmp_path / "bad.toml").write_text(broken)
    (tmp_path / "notes.txt").write_text("notes " * 100)

    done = run("serve", "--port", "0", *arguments, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith(told)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("config", "source"),
    [
        (None, "the built-in sample"),
        ('[upstream]\nurl = "http://127.0.0.1:9"\ntoken_file = "token"\n', "the built-in sample"),
        (read_sample(), "akunsub.toml"),
    ],
)
def test_the_banner_shows_what_to_paste(tmp_path, config, source):
    (tmp_path / "token").write_text("a-token-of-the-platform-1")
    if config is not None:
        (tmp_path / "akunsub.toml").write_text(config)
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    lines = []
    while not lines or not lines[-1].startswith("Ctrl-C"):
        lines.append(process.stdout.readline().rstrip())
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()

    url = lines[0].split()[-1]
    assert f'  <script src="{url}/ak_list_unsubscribe.js?id={SCRIPT_ID}"></script>' in lines
    assert f"A smid to try: {SMID}" in lines
    assert f"Resources from       {source}" in lines


def test_demo_serves_both_pages_from_another_origin(tmp_path):
    with started("demo", "--port", "0", "--page-port", "0", "--no-browser", cwd=tmp_path) as (
        _,
        facts,
    ):
        page = httpx.get(facts["page"])
        documented = httpx.get(facts["documented"])
        root = httpx.get(facts["page"].split("index.html")[0])

    assert page.url.port != httpx.URL(facts["url"]).port
    for answer in (page, documented):
        assert f"{facts['url']}/ak_list_unsubscribe.js?id=MXw3Mw==" in answer.text
        assert "127.0.0.1:8025" not in answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert root.status_code == 302
    assert list(tmp_path.iterdir()) == []


def test_demo_takes_free_ports_when_its_own_are_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ("demo", "--port", str(port), "--page-port", str(port), "--no-browser")
        with started(*arguments, cwd=tmp_path) as (_, facts):
            status = httpx.get(facts["page"]).status_code

    assert status == 200
    assert httpx.URL(facts["url"]).port != port


def test_two_servers_can_share_one_database(tmp_path):
    arguments = ("serve", "--port", "0", "--db", str(tmp_path / "calls.db"))
    with started(*arguments) as (_, one), started(*arguments) as (_, other):
        first, second = Endpoint(one["url"]), Endpoint(other["url"])
        first.confirm()
        state = second.state()
        first.http.close()
        second.http.close()

    assert state["status"] == "unsubscribed"


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, akunsub, akunsub.cli, akunsub.verify.engines\n"
        "heavy = {'flask', 'sqlalchemy', 'playwright', 'pydantic', 'waitress', 'Xlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )

    assert done.stdout.strip() == "[]"
