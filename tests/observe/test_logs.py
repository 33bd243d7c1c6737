"""What the log of a real process holds, and that nobody is in it who was not asked for."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys

import httpx
import pytest

from akunsub.platform.settings_file import read_sample
from tests.conftest import PROFILE_ID, RTOKEN, SCRIPT_ID, SMID
from tests.test_cli import COMMAND

TOKEN = "a-token-of-our-own-0001"
METRICS_TOKEN = "a-token-for-the-metrics-1"
LOG_KEY = "a-key-for-the-log-000001"
ADDRESS = "somebody.else@example.com"
CLIENT = "127.0.0.9"
# What must be nowhere, however it was sent.
SECRETS = {
    "smid": SMID,
    "unknown smid": "fNobodyKnowsThisOne0000000000000000000099",
    "token": TOKEN,
    "rtoken": RTOKEN,
    "address": ADDRESS,
    "known address": "john@example.com",
    "client": CLIENT,
    "profile": PROFILE_ID,
    "IPv6": "2001:db8::77",
}


class Running:
    def __init__(self, folder, *arguments, production=True, **variables):
        (folder / "akunsub.toml").write_text(read_sample())
        tokens = {"AKUNSUB_API_TOKEN": TOKEN, "AKUNSUB_METRICS_TOKEN": METRICS_TOKEN}
        env = {name: it for name, it in os.environ.items() if not name.startswith("AKUNSUB_")}
        mode = ["--production"] if production else []
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", "--json", *mode, *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
                env=env | (tokens if production else {}) | variables,
            )
        self.printed = self.process.stdout.readline()
        self.url = json.loads(self.printed)["url"]
        self.http = httpx.Client(
            timeout=30, transport=httpx.HTTPTransport(local_address=CLIENT), base_url=self.url
        )

    def stop(self):
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.printed += self.process.stdout.read()
        self.process.stdout.close()
        return status

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def requests(self):
        return [one for one in self.lines() if one["event"] == "request"][1:]


@pytest.fixture
def run(tmp_path):
    running = []

    def start(*arguments, **options):
        running.append(Running(tmp_path, *arguments, **options))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.stop()


def confirm(running, **fields):
    return running.http.post("/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID} | fields)


def test_each_request_is_one_line(run):
    running = run(AKUNSUB_LOG_KEY=LOG_KEY)
    confirm(running, request_id="r-1")
    confirm(running, smid="nosuch")
    running.http.get("/unknown")
    running.http.get("/healthz")
    running.http.get("/readyz")
    status = running.stop()

    first, *rest = running.requests()
    hashed = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", LOG_KEY],
        input=SMID.encode(),
        capture_output=True,
        check=True,
    ).stdout.split()[-1]
    assert status == 0
    assert {name: it for name, it in first.items() if name not in {"time", "duration_ms"}} == {
        "level": "info",
        "event": "request",
        "logger": "akunsub.requests",
        "method": "POST",
        "action": "confirm",
        "verdict": "good",
        "rule": "ok",
        "status": 200,
        "smid": hashed.decode()[:16],
        "request_id": first["request_id"],
    }
    assert first["time"].endswith("Z")
    assert first["duration_ms"] > 0
    assert [(it["action"], it["status"], it.get("rule")) for it in rest] == [
        ("confirm", 404, "unknown_smid"),
        ("script", 404, None),
    ]
    assert rest[0]["smid"] != first["smid"]
    events = [one["event"] for one in running.lines() if one["event"] != "request"]
    # No hosts are named, and no proxy, though it listens on this machine only: told first.
    assert events == ["not configured"] * 2 + ["started", "stopping", "stopped"]


def test_the_key_is_a_file_or_one_of_the_start(run, tmp_path):
    (tmp_path / "key").write_text(LOG_KEY)
    smids = []
    for arguments in (["--log-key-file", "key"], ["--log-key-file", "key"], [], []):
        running = run(*arguments)
        confirm(running)
        running.stop()
        (word,) = (line["smid_key"] for line in running.lines() if "smid_key" in line)
        smids.append((word, running.requests()[0]["smid"]))

    assert smids[0] == smids[1]
    assert [word for word, _ in smids] == ["configured", "configured", "random", "random"]
    assert len({smid for _, smid in smids}) == 3


def send_everywhere(running, secret):
    """Put *secret* into each field, header and path that there is."""
    http_ = running.http
    fields = dict.fromkeys(
        ("smid", "id", "rtoken", "categories", "request_id", "replaces", "age_ms", "v", secret),
        secret,
    )
    headers = dict.fromkeys(
        ("Authorization", "Request-ID", "X-Request-ID", "User-Agent", "Referer", "Origin"), secret
    ) | dict.fromkeys(("X-Forwarded-For", "Cookie", "Accept", "Accept-Language"), secret)
    bearer = {"Authorization": f"Bearer {secret}"}
    for action in ("confirm", "cancel", "state", secret):
        for method in ("GET", "POST", "OPTIONS", "PUT"):
            path = f"/unsub/{action}"
            http_.request(method, path, params=fields, headers=headers)
            http_.request(method, path, data=fields)
            http_.request(method, path, json=fields)
            http_.request(method, path, content=secret, headers={"Content-Type": secret})
    for name in fields:
        confirm(running, **{name: secret})
    for prefix in ("u", "manage", "_unsub", "api/v1.1", "_static", ""):
        for method in ("GET", "POST", "HEAD"):
            http_.request(
                method,
                f"/{prefix}/{secret}".replace("//", "/"),
                data={"do": secret, secret: secret},
            )
            http_.request(method, f"/{prefix}", params={secret: secret}, headers=bearer)
    for method in ("profiles/message_unsub", "subscriptions/get", "subscriptions/set"):
        for token in (secret, TOKEN):
            tree = {"token": token, "smid": secret, "rtoken": secret, "address": secret}
            tree |= {"db_id": 1, "resource_id": 73, "channel": "email", "profile_id": secret}
            http_.post(f"/api/v1.1/{method}", json=tree, headers={"Request-ID": secret})
            http_.post(f"/api/v1.1/{method}", content=f"<a>{secret}</a>", headers=headers)
    port = int(running.url.rpartition(":")[2])
    word = secret.replace(" ", "").encode()
    for raw in (
        word + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + word + b" " + word + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + word + b"\r\n\r\n",
        b"GET /u/" + word + b"%zz%ff HTTP/1.1\r\nHost: " + word + b"\r\n\r\n",
        b"POST /unsub/confirm HTTP/1.1\r\nContent-Length: " + word + b"\r\n\r\n",
    ):
        source = (CLIENT, 0)
        with socket.create_connection(("127.0.0.1", port), 30, source_address=source) as client:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass


def break_database(folder):
    with sqlite3.connect(folder / "akunsub.db") as connection:
        connection.execute("ALTER TABLE subscription RENAME TO gone")
    connection.close()


def assert_names_nobody(text):
    found = [name for name, secret in SECRETS.items() if secret.lower() in text.lower()]
    assert found == []


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_nobody_is_named_in_production(run, tmp_path, log_format):
    running = run("--log-format", log_format)
    for secret in SECRETS.values():
        send_everywhere(running, secret)
    break_database(tmp_path)
    for secret in SECRETS.values():
        confirm(running, smid=secret)
        running.http.get(f"/u/{secret}")
        running.http.get(f"/manage/{secret}")
    header = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    metrics = running.http.get("/metrics", headers=header)
    running.stop()

    log = running.log.read_text()
    assert metrics.status_code == 200
    assert log.count("the call could not be stored") >= len(SECRETS)
    assert_names_nobody(log)
    assert_names_nobody(metrics.text)
    assert_names_nobody(running.printed)


def test_how_many_calls_each_limit_refused_is_told(run):
    running = run()
    for _ in range(31):
        confirm(running)
    running.stop()

    (line,) = (one for one in running.lines() if one["logger"] == "akunsub.pixel.limits")
    assert line["event"] == "1 calls were refused by [limits] so far"
    assert line["by_per_smid"] == 1


def test_what_went_wrong_is_told_without_what_was_said(run, tmp_path):
    running = run()
    break_database(tmp_path)
    confirm(running)
    running.stop()

    (line,) = (one for one in running.lines() if one["level"] == "error")
    assert (line["event"], line["code"]) == ("the call could not be stored", "SQLITE_ERROR")
    assert [one["exc_type"] for one in line["exception"]] == ["OperationalError"] * 2
    assert {tuple(sorted(one)) for one in line["exception"]} == {("exc_type", "frames", "is_cause")}
    assert any(at["name"] == "carry_out" for at in line["exception"][0]["frames"])


def test_it_is_in_the_clear_when_that_is_asked_for(run, tmp_path):
    running = run("--log-clear")
    confirm(running, request_id="r-1")
    break_database(tmp_path)
    confirm(running)
    running.stop()

    line = running.requests()[0]
    shown = {name: line[name] for name in ("smid", "request_id", "path", "remote_addr")}
    (error,) = (one for one in running.lines() if one["level"] == "error")
    assert shown == {
        "smid": SMID,
        "request_id": "r-1",
        "path": "/unsub/confirm",
        "remote_addr": CLIENT,
    }
    assert "no such table" in error["exception"][0]["exc_value"]
    # What a statement was given is in no error at all.
    assert SMID not in json.dumps(error)


def test_outside_production_nothing_is_logged_unless_it_is_asked_for(run):
    quiet = run(production=False)
    confirm(quiet)
    quiet.stop()
    asked = run("--log-format", "json", production=False)
    confirm(asked)
    asked.stop()

    assert asked.requests()[0]["rule"] == "already"
    assert_names_nobody(asked.log.read_text())
    assert asked.lines()[0]["event"] == "request"


def test_a_message_that_others_put_together_is_cut_where_it_may_name_somebody():
    script = f"""
import logging, threading
from akunsub import logs
logs.set_up("json", clear=False)
log = logging.getLogger("somebody")
log.error("Exception while serving /u/{SMID} for {ADDRESS}")
log.error("no %s for %s: %d", "{SMID}", "{ADDRESS}", 7)
log.error("{SMID}")
log.error("a plain one, with 3 words")
log.error("it", extra={{"smid": "{SMID}", "address": "{ADDRESS}", "odd": ["{ADDRESS}"]}})
try:
    try:
        raise OSError(28, "{ADDRESS}")
    except OSError as error:
        error.add_note("{ADDRESS}")
        raise ExceptionGroup("{ADDRESS}", [ValueError("{SMID}")]) from error
except ExceptionGroup:
    log.exception("it broke")
def fail():
    raise ValueError("{ADDRESS}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
raise ValueError("{SMID}")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "Exception while serving …",
        "no … for …: 7",
        "…",
        "a plain one, with 3 words",
        "it",
        "it broke",
        "ended by a fault",
        "ended by a fault",
    ]
    assert lines[5]["code"] == "ENOSPC"
    assert_names_nobody(done.stderr)


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (["--log-key-file", "nosuch"], {}, "Error: --log-key-file nosuch: cannot be read: "),
        ([], {"AKUNSUB_LOG_KEY": "short"}, "Error: AKUNSUB_LOG_KEY: must hold a token of 16"),
    ],
)
def test_a_key_that_cannot_be_used_is_told(tmp_path, arguments, variables, told):
    (tmp_path / "akunsub.toml").write_text(read_sample())
    done = subprocess.run(
        [*COMMAND, "serve", "--production", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        env=os.environ | {"AKUNSUB_API_TOKEN": TOKEN} | variables,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(told)
