"""The header Host: only the names that the endpoint has, where it is told them."""

import json
import socket

import httpx
import pytest

from akunsub.platform.settings_file import read_sample
from tests.conftest import SCRIPT_ID, SMID
from tests.guard.conftest import TOKEN
from tests.test_cli import started
from tests.test_production import environment

HOSTS = '[server]\nhosts = ["pxl.example.com", ".shop.example"]'
WRONG = {
    "error": 400,
    "error_text": "the header Host names no host of this endpoint ([server] hosts)",
}
PATHS = [
    ("POST", "/unsub/confirm"),
    ("GET", f"/u/{SMID}"),
    ("POST", f"/u/{SMID}"),
    ("GET", f"/manage/{SMID}"),
    ("POST", "/api/v1.1/subscriptions/get"),
    ("GET", "/_unsub/"),
    ("GET", f"/ak_list_unsubscribe.js?id={SCRIPT_ID}"),
    ("GET", "/_static/system.css"),
    ("GET", "/nosuch"),
]


def ask(endpoint, method, path, host):
    return endpoint.http.request(method, f"{endpoint.url}{path}", headers={"host": host})


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_wrong_one_is_refused_before_anything_else(start, method, path):
    endpoint = start(HOSTS)

    answer = ask(endpoint, method, path, "rebound.example.net")

    assert (answer.status_code, answer.json()) == (400, WRONG)
    assert endpoint.recorded() == 0


@pytest.mark.parametrize(
    ("host", "is_right"),
    [
        ("pxl.example.com", True),
        ("PXL.example.com:8443", True),
        ("a.b.shop.example", True),
        ("evil-pxl.example.com", False),
        ("pxl.example.com.evil.net", False),
        ("127.0.0.1", False),
        ("pxl.example.com@evil.net", False),
        ("pxl.example.com:x", False),
    ],
)
def test_a_right_one_is_a_name_as_a_whole(start, host, is_right):
    endpoint = start(HOSTS)

    answer = ask(endpoint, "GET", f"/unsub/state?smid={SMID}", host)

    assert answer.status_code == (200 if is_right else 400)


def test_none_at_all_is_wrong(start):
    endpoint = start(HOSTS)
    address = endpoint.url.removeprefix("http://").split(":")

    with socket.create_connection((address[0], int(address[1]))) as connection:
        connection.sendall(f"GET /unsub/state?smid={SMID} HTTP/1.0\r\n\r\n".encode())
        status = connection.makefile("rb").readline()

    assert b" 400 " in status


@pytest.mark.parametrize("path", ["/_unsub/health", "/healthz", "/readyz"])
def test_a_load_balancer_asks_by_the_address(start, path):
    endpoint = start(HOSTS)

    answer = ask(endpoint, "GET", path, "10.0.0.7:8025")

    assert answer.status_code != 400


def test_what_a_proxy_says_about_it_is_not_believed(start):
    """Nginx hands on what anybody wrote into X-Forwarded-Host."""
    endpoint = start(f"{HOSTS}\ntrusted_proxies = 1")

    answer = endpoint.ask(
        *("GET", f"/unsub/state?smid={SMID}"), headers={"X-Forwarded-Host": "pxl.example.com"}
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(("text", "production"), [("", True), (HOSTS, False)])
def test_any_is_right_without_hosts_and_where_a_page_is_worked_on(start, text, production):
    endpoint = start(text, production=production)

    answer = ask(endpoint, "GET", f"/unsub/state?smid={SMID}", "anything.example")

    assert answer.status_code == 200


def test_production_without_them_starts_with_a_warning_that_says_what_to_set(tmp_path):
    (tmp_path / "akunsub.toml").write_text(read_sample())
    complaints = tmp_path / "stderr"

    with (
        complaints.open("w") as stderr,
        started(
            *("serve", "--production", "--port", "0"),
            cwd=tmp_path,
            env=environment(AKUNSUB_API_TOKEN=TOKEN),
            stderr=stderr,
        ) as (_, facts),
    ):
        answer = httpx.get(f"{facts['url']}/_unsub/health")

    first = json.loads(complaints.read_text().splitlines()[0])
    assert answer.status_code == 200
    assert first["level"] == "warning"
    assert first["advice"] == (
        "every Host is answered: set [server] hosts to the names of this endpoint, for "
        'example hosts = ["pxl.example.com"]'
    )
