"""Limits that several machines share, in a real Redis; and what happens when it goes away."""

import shutil
import socket
import subprocess
import time

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoRedisError

from tests.conftest import SCRIPT_ID, SMID
from tests.guard.conftest import BEHIND_PROXY

FIELDS = {"smid": SMID, "id": SCRIPT_ID}


def wait_for(condition, timeout_s=20):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


class RunningRedis:
    def __init__(self, folder):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://:s3cret@127.0.0.1:{self.port}/0"
        self.client = Redis.from_url(self.url)
        self._folder = folder
        self.process = None

    def start(self):
        where = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder))
        self.process = subprocess.Popen(
            ["redis-server", *where, "--save", "", "--requirepass", "s3cret"],
            stdout=subprocess.DEVNULL,
        )
        wait_for(self.answers)

    def answers(self):
        try:
            return self.client.ping()
        except NoRedisError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is missing: apt-get install redis-server")
    running = RunningRedis(tmp_path)
    running.start()
    yield running
    running.stop()
    running.client.close()


def confirm(endpoint):
    return endpoint.ask("POST", "/unsub/confirm", data=FIELDS)


def limits(redis, rate='per_smid = "3/day"'):
    return f'{BEHIND_PROXY}[limits]\nstorage = "{redis.url}"\n{rate}'


def test_two_endpoints_count_together(start, redis):
    endpoints = [start(limits(redis)), start(limits(redis))]

    got = [confirm(endpoints[number % 2]) for number in range(4)]

    assert [answer.status_code for answer in got] == [200, 200, 200, 429]
    assert 1 <= int(got[3].headers["retry-after"]) <= 86400


def test_no_smid_is_in_it(start, redis):
    confirm(start(limits(redis)))

    keys = b" ".join(redis.client.keys())

    assert b"per_smid" in keys
    assert SMID.encode() not in keys


def test_all_calls_are_let_through_while_it_is_away(start, redis, caplog):
    endpoint = start(limits(redis, 'per_smid = "1/day"'))
    before = [confirm(endpoint).status_code for _ in range(2)]

    redis.stop()
    away = [confirm(endpoint).status_code for _ in range(20)]
    redis.start()
    wait_for(lambda: confirm(endpoint).status_code == 429)

    told = [record for record in caplog.records if "cannot count" in record.getMessage()]
    assert before == [200, 429]
    assert away == [200] * 20
    assert len(told) == 1
    assert "s3cret" not in caplog.text


def test_it_may_be_away_at_the_start(start, redis):
    redis.stop()

    endpoint = start(limits(redis))

    assert confirm(endpoint).status_code == 200


def test_one_that_says_nothing_holds_nobody_up_for_long(start):
    """It listens and never answers. Then calls do not wait for it for a while."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        endpoint = start(f'{BEHIND_PROXY}[limits]\nstorage = "{url}"')

        took = []
        for _ in range(5):
            began = time.monotonic()
            assert confirm(endpoint).status_code == 200
            took.append(time.monotonic() - began)

    # Two tries of 0.3 s each for the connection and the first question; then none.
    assert max(took) < 3
    assert sum(took[1:]) < 1
