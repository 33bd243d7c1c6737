"""``akunsub outbox``, and what ``[upstream]`` may say."""

from __future__ import annotations

import json
import signal

import httpx
import pytest

from akunsub.errors import SettingsError
from akunsub.platform.settings_file import load_sample, parse_settings, read_sample
from tests.conftest import DELAYED, SCRIPT_ID, SMID
from tests.gateway.conftest import TOKEN
from tests.test_cli import run, started
from tests.waiting import until


@pytest.fixture
def outbox(gateway, gateway_database):
    def call(name, *arguments):
        return run("outbox", name, "--db", gateway_database, *arguments)

    return call


@pytest.fixture
def dead(gateway):
    """One that the platform refused; its id."""
    gateway.lane.arm(kind="status", status=403, times=1)
    gateway.confirm(categories="category_1")
    gateway.send_due()
    (row,) = gateway.rows()
    return str(row["id"])


def test_list_shows_what_is_dead_or_waits_and_no_whole_smid(gateway, outbox, dead):
    gateway.post("confirm", DELAYED)

    done = outbox("list")

    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == [
        *("id", "state", "smid", "resource", "categories", "made", "due", "tries", "reason")
    ]
    assert lines[1].split()[:5] == [dead, "dead", f"{SMID[:8]}…", "1|73", "category_1"]
    assert lines[1].endswith("  1      403: Forbidden")
    assert lines[2].split()[1:5] == ["waiting", f"{DELAYED['smid'][:8]}…", "1|74", "all"]
    assert lines[3] == "1 waiting, 1 dead."
    assert SMID not in done.stdout


def test_list_as_json_with_whole_smids(gateway, outbox, dead):
    (line,) = outbox("list", "--json", "--smids", "--state", "dead").stdout.splitlines()

    facts = json.loads(line)
    assert (facts["id"], facts["smid"], facts["categories"]) == (int(dead), SMID, ["category_1"])
    assert outbox("list", "--state", "delivered").stdout == "0 waiting, 1 dead.\n"


def test_retry_sends_it_again_with_the_same_request_id(gateway, outbox, dead):
    done = outbox("retry", dead)

    assert (done.returncode, done.stdout) == (0, "1 to be tried again.\n")
    gateway.send_all()
    assert [row["state"] for row in gateway.rows()] == ["delivered"]
    assert len({request_id for request_id, *_ in gateway.sent()}) == 1


def test_retry_with_a_new_request_id(gateway, outbox, dead):
    outbox("retry", "--all", "--new-request-id")
    gateway.send_all()

    assert len({request_id for request_id, *_ in gateway.sent()}) == 2


def test_drop_removes_it(gateway, outbox, dead):
    assert outbox("drop", dead).stdout == "1 dropped.\n"
    assert gateway.rows() == []


def test_only_what_is_dead_can_be_dropped(gateway, outbox):
    gateway.confirm()
    (row,) = gateway.rows()

    done = outbox("drop", str(row["id"]), "999")

    assert done.returncode == 1
    assert done.stderr == f"Error: not dead, or not there: {row['id']}, 999\n"
    assert len(gateway.rows()) == 1


@pytest.mark.parametrize("arguments", [(), ("1", "--all")])
@pytest.mark.parametrize("name", ["retry", "drop"])
def test_it_is_said_which_ones(outbox, name, arguments):
    done = outbox(name, *arguments)

    assert done.returncode == 2
    assert "name the ids that `akunsub outbox list` shows, or --all" in done.stderr


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    done = run("outbox", "list", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.endswith("it is not there; --db names the one that akunsub serve uses\n")
    assert list(tmp_path.iterdir()) == []


def test_serve_delivers_by_itself(gateway, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "akunsub.toml").write_text(
        f'[upstream]\nurl = "{gateway.lane.url}"\ntoken_file = "token"\n'
    )
    with started("serve", "--port", "0", cwd=tmp_path) as (process, facts):
        httpx.post(f"{facts['url']}/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID})
        until(lambda: gateway.platform.state()["status"] == "unsubscribed")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (['url = "ftp://x"'], "upstream.url: is not an address: the platform's, such as"),
        (['url = "http://example.com"'], "upstream.url: the token would be sent in clear: begin"),
        (['url = "https://x/api"'], "upstream.url: is the scheme and the host, nothing else"),
        (['url = "https://a:b@x"'], "upstream.url: is the scheme and the host, nothing else"),
        (['url = "https://x"', 'token = "secret"'], "upstream.token: unknown key; did you mean"),
        (['token_file = "x"'], "upstream.url: is missing"),
        (['url = "https://x"', "max_tries = 0"], "upstream.max_tries: Input should be greater"),
    ],
)
def test_what_cannot_be_is_said(lines, problem):
    with pytest.raises(SettingsError) as raised:
        parse_settings("\n".join(["[upstream]", *lines]), source="akunsub.toml")

    assert problem in str(raised.value)


def test_with_nothing_but_an_upstream_the_sample_is_there_to_try():
    settings = parse_settings('[upstream]\nurl = "https://x"', source="akunsub.toml")

    assert settings.resources == load_sample().resources
    assert settings.messages == load_sample().messages


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[upstream]\nurl = "https://x"\n', "akunsub.toml: resources: are the built-in sample's"),
        ("", "--production: needs settings of your own"),
    ],
)
def test_the_sample_is_not_delivered_in_production(tmp_path, text, told):
    if text:
        (tmp_path / "akunsub.toml").write_text(text)

    done = run("relay", "--production", cwd=tmp_path)

    assert done.returncode == 1
    assert told in done.stderr


def test_a_token_that_is_missing_is_asked_for(tmp_path):
    (tmp_path / "akunsub.toml").write_text('[upstream]\nurl = "https://x.example"\n')

    done = run("serve", "--port", "0", cwd=tmp_path)

    assert done.returncode == 1
    assert "upstream: token_file: is missing; name the file, or set AKUNSUB_UPSTREAM" in done.stderr


@pytest.mark.parametrize("name", ["serve", "relay"])
def test_the_documentations_token_is_not_for_production(tmp_path, name):
    text = read_sample().replace('title = "', 'title = "My ', 1)
    text = text[: text.index("[api]")] if "[api]" in text else text
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "akunsub.toml").write_text(
        f'{text}\n[upstream]\nurl = "https://x.example"\ntoken_file = "token"\n'
    )

    done = run(name, "--production", cwd=tmp_path)

    assert done.returncode == 1
    assert "holds the documentation's token" in done.stderr
