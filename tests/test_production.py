"""``akunsub serve --production``: what it asks for, and what it hides. The real process."""

from __future__ import annotations

import os
import subprocess

import httpx
import pytest

from akunsub.platform.settings_file import read_sample
from tests.conftest import SCRIPT_ID, SMID
from tests.test_cli import COMMAND, run, started

TOKEN = "a-token-of-our-own-0001"
SAMPLE_TOKEN = "abcdefghijklmnqrstuvwxyz"
READABLE = ["", "calls", "messages", "resources", "resources/73", "clock", "nosuch"]


@pytest.fixture
def folder(tmp_path):
    """A folder with settings and tokens in it."""
    text = read_sample()
    (tmp_path / "akunsub.toml").write_text(text)
    (tmp_path / "no-api.toml").write_text(text.partition("[api]")[0])
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "sample-token").write_text(SAMPLE_TOKEN)
    (tmp_path / "short-token").write_text("short")
    (tmp_path / "two-tokens").write_text(f"{TOKEN}\n{TOKEN}\n")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "empty-folder").mkdir()
    return tmp_path


def environment(**variables):
    rest = {name: value for name, value in os.environ.items() if not name.startswith("AKUNSUB_")}
    return rest | variables


def producing(folder, *arguments, **variables):
    return started(
        *("serve", "--production", "--port", "0", *arguments),
        cwd=folder,
        env=environment(**variables),
    )


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (
            [],
            {},
            (
                "--production: [api] in akunsub.toml needs a token: --api-token-file FILE or "
                "AKUNSUB_API_TOKEN; or remove [api], and nobody can use the server APIs"
            ),
        ),
        (
            ["--api-token-file", "sample-token"],
            {},
            (
                "--api-token-file sample-token: holds the documentation's token, which everybody "
                "knows; make one of your own"
            ),
        ),
        (
            [],
            {"AKUNSUB_API_TOKEN": SAMPLE_TOKEN},
            (
                "AKUNSUB_API_TOKEN: holds the documentation's token, which everybody knows; "
                "make one of your own"
            ),
        ),
        ([], {"AKUNSUB_API_TOKEN": ""}, "AKUNSUB_API_TOKEN: is empty"),
        (["--api-token-file", "empty"], {}, "--api-token-file empty: is empty"),
        (
            ["--api-token-file", "short-token"],
            {},
            "--api-token-file short-token: must hold a token of 16 to 200 characters",
        ),
        (
            ["--api-token-file", "two-tokens"],
            {},
            (
                "--api-token-file two-tokens: must hold one token: letters, digits and signs of "
                "ASCII, in one line without spaces"
            ),
        ),
        (
            ["--api-token-file", "nosuch"],
            {},
            (
                "--api-token-file nosuch: cannot be read: [Errno 2] No such file or directory: "
                "'nosuch'"
            ),
        ),
        (
            ["--api-token-file", "token", "--inspector-token-file", "sample-token"],
            {},
            (
                "--inspector-token-file sample-token: holds the documentation's token, which "
                "everybody knows; make one of your own"
            ),
        ),
    ],
)
def test_without_what_it_needs_it_does_not_start(folder, arguments, variables, told):
    done = run(
        *("serve", "--production", "--port", "0", *arguments),
        cwd=folder,
        env=environment(**variables),
    )

    assert (done.returncode, done.stderr) == (1, f"Error: {told}\n")
    assert not (folder / "akunsub.db").exists()


def test_the_sample_is_not_for_production(folder):
    done = run(
        *("serve", "--production", "--port", "0"),
        cwd=folder / "empty-folder",
        env=environment(AKUNSUB_API_TOKEN=TOKEN),
    )

    assert (done.returncode, done.stderr) == (
        1,
        (
            "Error: --production: needs settings of your own: --config FILE, or akunsub.toml in "
            "this folder\n"
        ),
    )


@pytest.mark.parametrize("option", ["--api-token-file", "--inspector-token-file"])
def test_a_token_without_production_is_refused_rather_than_ignored(folder, option):
    done = run("serve", "--port", "0", option, "token", cwd=folder, env=environment())

    assert done.returncode == 2
    assert f"{option} goes with --production" in done.stderr


def test_without_the_server_apis_no_token_is_needed(folder):
    with producing(folder, "--config", "no-api.toml") as (_, facts):
        assert httpx.get(f"{facts['url']}/_unsub/health").json() == {"status": "ok"}


def test_nobody_sees_what_was_stored_unless_a_token_was_given(folder):
    with producing(folder, AKUNSUB_API_TOKEN=TOKEN) as (_, facts):
        answers = {
            (method, path): httpx.request(
                method, f"{facts['url']}/_unsub/{path}", auth=("any", TOKEN)
            ).status_code
            for path in READABLE
            for method in ("GET", "HEAD", "POST", "OPTIONS", "PATCH")
        }
        bare = httpx.get(f"{facts['url']}/_unsub", auth=("any", TOKEN)).status_code
        hidden, nothing_there = (
            httpx.get(f"{facts['url']}{path}").json()
            for path in ("/_unsub/calls", "/_static/nosuch")
        )
        health = httpx.get(f"{facts['url']}/_unsub/health")

    assert answers == dict.fromkeys(answers, 404)
    assert (bare, health.status_code) == (404, 200)
    assert hidden == nothing_there
    assert facts["inspector"] is None


def test_who_has_the_token_sees_what_was_stored(folder):
    files = ("--api-token-file", "token", "--inspector-token-file", "token")
    with producing(folder, *files) as (_, facts):
        calls = f"{facts['url']}/_unsub/calls"
        good = [
            httpx.get(calls, auth=("anybody", TOKEN)),
            httpx.get(calls, headers={"Authorization": f"Bearer {TOKEN}"}),
            httpx.get(facts["inspector"], auth=("", TOKEN)),
        ]
        bad = [
            httpx.get(calls),
            httpx.get(calls, auth=(TOKEN, "")),
            httpx.get(calls, auth=("anybody", TOKEN[:-1])),
            httpx.get(calls, auth=("anybody", "ключ")),
            httpx.get(calls, headers={"Authorization": "Bearer"}),
            httpx.get(calls, headers={"Authorization": f"Digest {TOKEN}"}),
            httpx.get(calls, headers={"Authorization": "Basic ÿ".encode("latin-1")}),
            httpx.get(calls, params={"token": TOKEN}),
        ]
        resets = httpx.post(f"{facts['url']}/_unsub/reset", auth=("anybody", TOKEN)).status_code
        health = httpx.get(f"{facts['url']}/_unsub/health").status_code

    assert [answer.status_code for answer in good] == [200] * 3
    assert [answer.status_code for answer in bad] == [401] * len(bad)
    assert bad[0].headers.get_list("www-authenticate") == [
        'Basic realm="akunsub", charset="UTF-8"',
        'Bearer realm="akunsub"',
    ]
    assert bad[0].headers["cache-control"] == "no-store"
    assert (resets, health) == (404, 200)


def test_a_person_is_unsubscribed_and_told_nothing_for_developers(folder):
    with producing(folder, AKUNSUB_API_TOKEN=TOKEN, AKUNSUB_INSPECTOR_TOKEN=TOKEN) as (_, facts):
        fields = {"smid": SMID, "id": SCRIPT_ID}
        answer = httpx.post(f"{facts['url']}/unsub/confirm", data=fields)
        refused = httpx.post(f"{facts['url']}/unsub/confirm", data=fields | {"smid": SMID[:-1]})
        (one, other) = httpx.get(f"{facts['url']}/_unsub/calls", auth=("", TOKEN)).json()["calls"]

    assert answer.json() == {
        "error": 0,
        "error_text": "Successful operation",
        "profile_id": "658997338e8f4032d92fd56d",
        "status": "unsubscribed",
        "already": False,
        "categories": [],
        "seconds_left": 0,
    }
    assert refused.json() == {"error": 404, "error_text": "smid is unknown", "code": "unknown_smid"}
    assert "x-unsub-verdict" not in answer.headers
    assert "x-unsub-verdict" not in refused.headers
    assert (one["rule"], other["rule"]) == ("ok", "unknown_smid")


def test_the_token_replaces_the_one_in_the_settings(monkeypatch, folder):
    from akunsub.platform.settings_file import load_settings
    from akunsub.production import prepare_settings

    monkeypatch.setenv("AKUNSUB_API_TOKEN", TOKEN)
    settings = load_settings(folder / "akunsub.toml")
    prepared = prepare_settings(settings, source="akunsub.toml", api_token_file=None)
    without = load_settings(folder / "no-api.toml")

    assert prepared.api.model_dump() == {"token": TOKEN, "account_id": 1}
    assert settings.api.token == SAMPLE_TOKEN
    assert prepare_settings(without, source="x", api_token_file=None).api == prepared.api


def test_a_token_is_in_no_answer_and_no_output(folder):
    """The line that is printed, the health answer, and the help of the command."""
    with producing(folder, "--api-token-file", "token") as (_, facts):
        health = httpx.get(f"{facts['url']}/_unsub/health").text

    assert TOKEN not in f"{facts}{health}"


def test_what_is_printed_names_the_database_without_its_password(folder, postgresql):
    database = postgresql.new().replace("postgres:@", "postgres:s3cret@")
    process = subprocess.Popen(
        [*COMMAND, "serve", "--production", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment(AKUNSUB_API_TOKEN=TOKEN, AKUNSUB_DB=database),
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            break
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()

    printed = "".join(lines)
    assert "hidden   (in postgresql://postgres:***@/test_" in printed
    assert "s3cret" not in printed
    assert TOKEN not in printed
