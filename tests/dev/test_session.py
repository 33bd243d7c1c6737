"""A session of ``akunsub dev``, asked over HTTP as a browser asks."""

from __future__ import annotations

import gzip
import queue
import re
import threading

import httpx
import pytest
from flask import Flask, Response, redirect, request

from akunsub.dev.session import developing
from akunsub.dev.sources import SourceError
from akunsub.pixel.server import Server
from akunsub.platform.settings_file import load_sample
from tests.conftest import DELAYED, SMID

TAG = '<script src="https://pxl.example/ak_list_unsubscribe.js?id=MXw3Mw=="></script>'
PAGE = f"<!doctype html><html><head>{TAG}</head><body>Hello</body></html>"


@pytest.fixture
def lines():
    """What a person is told, a line at a time."""
    return queue.Queue()


@pytest.fixture
def dev(lines):
    """``dev(named)``: a session that ends with the ``with``."""

    def start(named, smid_param="smid"):
        return developing(
            str(named), load_sample(), port=0, page_port=0, smid_param=smid_param, tell=lines.put
        )

    return start


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "page.html").write_text(PAGE)
    (tmp_path / "page.js").write_text("fetch('https://pxl.example/unsub/state')")
    return tmp_path


def origin_of(session):
    return session.beside.removesuffix("/_akunsub/")


def test_a_file_is_served_with_what_is_beside_it(dev, folder):
    with dev(folder / "page.html") as session, httpx.Client(base_url=origin_of(session)) as http:
        page = http.get(session.page)
        script = http.get("/page.js")
        wired = http.get("/_akunsub/wired.js")
        sdk = http.get(session.sdk)
        missing = http.get("/other.html")

    assert session.page == f"{origin_of(session)}/page.html?smid={SMID}"
    assert f'<script src="{session.endpoint}/ak_list_unsubscribe.js?id=MXw3Mw==">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert script.text == f"fetch('{session.endpoint}/unsub/state')"
    assert [wired.status_code, sdk.status_code, missing.status_code] == [200, 200, 404]
    assert session.has_tag


def test_a_folder_offers_its_pages_the_index_first(dev, folder):
    for name in ("a/index.html", "index.html", ".git/x.html", "node_modules/y.html"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(PAGE)

    with dev(folder) as session:
        shown = httpx.get(session.beside).text
        index = httpx.get(f"{origin_of(session)}/a/")

    assert re.findall("<option>(.*?)</option>", shown) == [
        "/index.html",
        "/page.html",
        "/a/index.html",
    ]
    assert index.status_code == 200


def test_nothing_above_the_folder_is_served(dev, folder):
    (folder.parent / "secret.html").write_text("secret")

    with dev(folder) as session:
        answer = httpx.get(f"{origin_of(session)}/..%2fsecret.html")

    assert answer.status_code == 404


@pytest.mark.parametrize("path", [".env", ".git/config", "akunsub.toml", "node_modules/x.js"])
def test_what_is_nothing_of_a_pages_is_not_served(dev, folder, path):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text("secret")

    with dev(folder) as session:
        answer = httpx.get(f"{origin_of(session)}/{path}")

    assert answer.status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8026", "127.0.0.1.evil.example"])
def test_another_sites_name_cannot_stand_for_this_machine(dev, folder, host):
    with dev(folder) as session:
        urls = (session.page, session.beside, f"{session.endpoint}/_unsub/calls")
        statuses = [httpx.get(url, headers={"Host": host}).status_code for url in urls]
        here = httpx.get(session.page.replace("127.0.0.1", "localhost")).status_code

    assert (statuses, here) == ([403, 403, 403], 200)


def test_bytes_that_are_not_utf_8_stay_as_they_are(dev, folder):
    content = PAGE.replace("Hello", "Grüße €").encode("windows-1252")
    (folder / "page.html").write_bytes(content)
    (folder / "page.js").write_bytes("say('Grüße')".encode("latin-1"))

    with dev(folder / "page.html") as session:
        page = httpx.get(session.page).content
        script = httpx.get(f"{origin_of(session)}/page.js").content

    assert "Grüße €".encode("windows-1252") in page
    assert script == "say('Grüße')".encode("latin-1")


def test_a_folder_is_opened_by_its_name(dev, folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "index.html").write_text(PAGE)

    with dev(folder) as session:
        answer = httpx.get(f"{origin_of(session)}/sub?smid=x")

    assert answer.headers["Location"] == "/sub/?smid=x"


def test_part_of_a_page_is_not_wired_as_one(dev, folder):
    (folder / "part.html").write_text("<p>A part</p>")

    with dev(folder) as session:
        part = httpx.get(f"{origin_of(session)}/part.html", headers={"Sec-Fetch-Dest": "empty"})

    assert part.text == "<p>A part</p>"


def test_what_a_page_sends_to_its_own_server_is_led_on(dev, folder):
    fields = {"smid": SMID, "id": "MXw3Mw=="}
    with dev(folder) as session:
        url = f"{origin_of(session)}/unsub/confirm"
        answer = httpx.post(url, data=fields, follow_redirects=True)
        state = httpx.get(f"{origin_of(session)}/unsub/state?smid={SMID}", follow_redirects=True)

    assert answer.json()["status"] == state.json()["status"] == "unsubscribed"


def test_a_resource_that_was_not_there_at_the_start_is_told(dev, folder, lines):
    with dev(folder / "page.html") as session:
        (folder / "page.html").write_text(PAGE.replace("MXw3Mw==", "OXw5"))
        assert lines.get(timeout=10) == "page.html changed"
        httpx.get(session.page)

        assert lines.get(timeout=10) == (
            "/page.html is for resource 9 of account 9, which was not known at the start. "
            "Start akunsub dev again."
        )


def test_one_person_of_each_resource_can_open_it(dev, folder):
    (folder / "page.html").write_text(PAGE.replace("MXw3Mw==", DELAYED["id"]))

    with dev(folder) as session:
        assert session.people[0] == (DELAYED["smid"], "delayed", "Example Daily")
        assert {one.mode for one in session.people} == {
            "instant",
            "confirm",
            "delayed",
            "prevented",
        }
        assert session.sdk.endswith(DELAYED["id"])


@pytest.mark.parametrize("named", ["missing.html", "empty", "missing/"])
def test_what_has_no_page_is_told(dev, tmp_path, named):
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError, match=named.strip("/")), dev(tmp_path / named):
        pass


def test_calls_are_told_as_they_come(dev, folder, lines):
    with dev(folder) as session:
        for smid in (SMID, "fNobody"):
            fields = {"smid": smid, "id": "MXw3Mw==", "categories": "category_1"}
            httpx.post(f"{session.endpoint}/unsub/confirm", data=fields)
            httpx.get(f"{session.endpoint}/unsub/state", params={"smid": SMID})
        told = [lines.get(timeout=10) for _ in range(2)]

    assert re.fullmatch(rf"[\d:]{{8}}  good  confirm of category_1 for {SMID}", told[0])
    assert re.match(r"[\d:]{8}  bad   confirm of category_1 for fNobody: unknown_smid", told[1])
    assert lines.empty()


def test_what_is_sent_is_one_line_and_commands_no_terminal(dev, folder, lines):
    with dev(folder) as session:
        fields = {"smid": SMID, "id": "MXw3Mw==", "categories": "\x1b[2J\n20:00:00  good"}
        httpx.post(f"{session.endpoint}/unsub/confirm", data=fields)
        told = lines.get(timeout=10)

    assert "\\x1b[2J\\n20:00:00  good" in told
    assert told.isprintable()


def test_what_is_written_beside_a_page_changes_nothing(dev, folder, lines):
    with dev(folder) as session:
        (folder / "akunsub.db").write_text("1")
        (folder / ".x.html").write_text("1")
        (folder / "page.js").write_text("1")
        assert lines.get(timeout=10) == "page.js changed"
        assert httpx.get(session.page).status_code == 200


def test_a_change_of_a_file_is_told_to_the_page(dev, folder, lines):
    with (
        dev(folder) as session,
        httpx.stream("GET", f"{origin_of(session)}/_akunsub/changes?since=0") as events,
    ):
        told = events.iter_lines()
        assert next(told) == "retry: 500"
        (folder / "page.js").write_text("1")
        assert "event: change" in told
        assert lines.get(timeout=10) == "page.js changed"

        page = httpx.get(session.page).text

    seen = re.search('data-changes="(\\d+)"', page)
    assert int(seen[1]) >= 1


def test_what_changed_before_the_page_asks_is_told_at_once(dev, folder, lines):
    with dev(folder) as session:
        (folder / "page.js").write_text("1")
        lines.get(timeout=10)
        answer = httpx.get(f"{origin_of(session)}/_akunsub/changes?since=0")

    assert "event: change" in answer.text


@pytest.fixture
def upstream():
    """A developer's own server."""
    app = Flask("tests.upstream", static_folder=None)

    @app.route("/app/ü", methods=["GET", "POST"])
    def page():
        answer = Response(f"{PAGE}{request.query_string.decode()} {request.form.get('a')}")
        answer.headers["Content-Security-Policy"] = (
            "script-src https://pxl.example; frame-ancestors 'none'"
        )
        answer.headers["X-Frame-Options"] = "DENY"
        answer.set_cookie("who", "me")
        return answer

    @app.get("/old")
    def old():
        return redirect(f"{request.host_url}app/ü?moved=1")

    @app.get("/broken")
    def broken():
        return Response("my own 502", 502)

    @app.get("/away")
    def away():
        return redirect("https://real.example/unsub")

    @app.get("/host")
    def host():
        return {"host": request.host, "cookie": request.cookies.get("who")}

    @app.get("/compressed")
    def compressed():
        return Response(
            gzip.compress(PAGE.encode()),
            content_type="text/html",
            headers={"Content-Encoding": "gzip"},
        )

    @app.get("/picture")
    def picture():
        return Response(bytes(range(256)) * 1000, content_type="image/png")

    with Server(app) as server:
        yield server.url


def test_a_server_is_shown_as_it_is_but_wired(dev, upstream):
    with (
        dev(f"{upstream}/app/ü?x=1", smid_param="m") as session,
        httpx.Client(base_url=origin_of(session)) as http,
    ):
        page = http.get(session.page)
        posted = http.post("/app/ü", data={"a": "b"})
        old = http.get("/old")
        host = http.get("/host").json()
        compressed = http.get("/compressed")
        picture = http.get("/picture")
        away = http.get("/away")
        broken = http.get("/broken")

    assert session.page.endswith(f"?x=1&m={SMID}")
    assert f"x=1&m={SMID}" in page.text
    assert f'<script src="{session.endpoint}/ak_list_unsubscribe.js' in page.text
    assert page.headers["Content-Security-Policy"] == (
        f"script-src {session.endpoint} {origin_of(session)}/_akunsub/; frame-ancestors 'self'"
    )
    assert "X-Frame-Options" not in page.headers
    assert posted.text.endswith(" b")
    assert old.headers["Location"] == "/app/%C3%BC?moved=1"
    assert host == {"host": httpx.URL(upstream).netloc.decode(), "cookie": "me"}
    assert compressed.status_code == 502
    assert "compressed" in compressed.text
    assert broken.status_code == 502
    assert broken.text.endswith("my own 502")
    assert away.status_code == 502
    assert "/away leads to https://real.example/unsub" in away.text
    assert "data-changes" not in page.text
    assert picture.content == bytes(range(256)) * 1000


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://", "names no host"),
        ("http://[::1", "is no address: "),
        ("http://127.0.0.1:99999/", "is no address: Port out of range"),
        ("http://127.0.0.1:abc/", "is no address: Port could not be cast"),
    ],
)
def test_a_url_that_is_none_is_told(dev, url, told):
    with pytest.raises(SourceError, match=told), dev(url):
        pass


def test_a_route_after_the_hash_stays_there(dev, upstream):
    with dev(f"{upstream}/host?a=1#/leave") as session:
        assert session.page.endswith(f"/host?a=1&smid={SMID}#/leave")


def test_a_server_that_does_not_run_yet_is_asked_again(dev):
    with Server(Flask("nobody")) as server:
        url = server.url
    with dev(url) as session:
        answer = httpx.get(session.page)

        assert answer.status_code == 502
        assert f"{url} does not answer" in answer.text
        app = Flask("tests.late")
        app.add_url_rule("/", view_func=lambda: PAGE)
        with Server(app, port=int(url.rpartition(":")[2])):
            assert "wired.js" in httpx.get(session.page).text


def test_it_ends_while_a_page_listens(dev, folder):
    with dev(folder) as session:
        url = f"{origin_of(session)}/_akunsub/changes"
        with httpx.Client(timeout=10) as http, http.stream("GET", url) as events:
            assert next(events.iter_lines()) == "retry: 500"
            threads = threading.active_count()
    assert threading.active_count() < threads
