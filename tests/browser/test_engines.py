"""The engines themselves: they run pages, a press is a person's, and a look is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from akunsub.verify import engines
from akunsub.verify.engines import apt, finding
from akunsub.verify.engines.firefox_relay import in_a_tab, without_unknown_emulation
from akunsub.verify.engines.gestures import without_gesture

# What it has seen, the page itself says, in its text and to the server: to ask it would be the
# look that is to be judged.
PAGE = """<!doctype html>
<title>a page</title>
<link rel="icon" href="data:,">
<!-- Out of the flow: what is pressed must not move while it is pressed. -->
<div style="position: absolute; top: 100px">
  <p id="activation"></p>
  <p id="clicks">0</p>
  <p id="events"></p>
</div>
<button id="near">near</button>
<a id="away" href="/away">away</a>
<div style="height: 3000px"></div>
<button id="far">far</button>
<script>
  const show = (id, text) => { document.getElementById(id).textContent = text; };
  let activation;
  setInterval(() => {
    const now = String(navigator.userActivation.hasBeenActive);
    if (now !== activation) {
      activation = now;
      show('activation', now);
      fetch('/activation/' + now);
    }
  }, 20);
  const events = [];
  let clicks = 0;
  const types = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'keydown', 'keyup'];
  for (const type of types) {
    document.addEventListener(type, (event) => {
      events.push(type + (event.isTrusted ? '' : ' (untrusted)') + ' ' + event.target.id);
      clicks += type === 'click';
      show('events', events.join(', '));
      show('clicks', clicks);
    });
  }
</script>
"""
PRESSED = "pointerdown {0}, mousedown {0}, pointerup {0}, mouseup {0}, click {0}"

APT = "sudo apt-get install --no-install-recommends"

# Prints what an engine leaves behind after close(): processes, then files in TMPDIR.
# 36 is PR_SET_CHILD_SUBREAPER: orphans become our children, and none escapes the search.
CLOSING = """
import ctypes, json, os, sys, time
from pathlib import Path
from playwright.sync_api import sync_playwright
from akunsub.verify.engines import launch

def processes(parent):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        state, ppid = rest.split()[:2]
        if int(ppid) == parent and state != "Z":
            yield command
            yield from processes(int(stat.parent.name))

assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
with sync_playwright() as playwright:
    before = set(processes(os.getpid()))
    engine = launch(playwright, sys.argv[1])
    running = set(processes(os.getpid())) - before
    for _ in range(2):
        engine.new_page().goto(sys.argv[2])
    engine.close()
    deadline = time.monotonic() + 5
    while (left := set(processes(os.getpid())) - before) and time.monotonic() < deadline:
        time.sleep(0.05)
files = [path.name for path in Path(os.environ["TMPDIR"]).iterdir()]
print(json.dumps({"ran": len(running) > 0, "processes": sorted(left), "files": sorted(files)}))
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.paths = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_page_runs_its_script(engine, page, site, page_errors):
    page.goto(f"{site.url}/")

    expect(page.locator("#activation")).to_have_text("false")
    assert page.evaluate("clicks + 1") == 1
    assert engine.version[0].isdigit()
    assert page_errors == []


def test_errors_of_a_page_are_collected(page, site, page_errors):
    page.goto(f"{site.url}/")
    page.evaluate("console.error('told'), setTimeout(() => { throw new Error('thrown'); })")
    page.wait_for_timeout(200)

    assert len(page_errors) == 2
    assert "told" in page_errors[0]
    assert "thrown" in page_errors[1]


def test_press_is_trusted_and_a_gesture(page, press, site):
    page.goto(f"{site.url}/")
    press("#near")

    assert page.locator("#events").inner_text() == PRESSED.format("near")
    expect(page.locator("#activation")).to_have_text("true")


def test_press_scrolls_to_its_target(page, press, site):
    page.goto(f"{site.url}/")
    press("#far")
    press("#near")

    expected = f"{PRESSED.format('far')}, {PRESSED.format('near')}"
    assert page.locator("#events").inner_text() == expected


def test_press_hits_on_a_page_as_small_as_a_phone(engine, site):
    with engine.page(viewport={"width": 360, "height": 640}) as page:
        page.goto(f"{site.url}/")
        engines.press(engine, page, "#far")

        assert page.evaluate("[innerWidth, innerHeight]") == [360, 640]
        assert page.locator("#events").inner_text() == PRESSED.format("far")


def test_press_may_lead_away(page, press, site):
    page.goto(f"{site.url}/")
    press("#away")

    page.wait_for_url("**/away")


def test_twenty_quick_presses_are_twenty_clicks(page, press, site):
    page.goto(f"{site.url}/")
    started = time.monotonic()
    press("#near", times=20)
    took_s = time.monotonic() - started

    assert page.locator("#clicks").inner_text() == "20"
    assert took_s < 8  # one after the other they take 0.2 to 0.9 s each


def test_keys_are_trusted_and_a_gesture(page, press_key, site):
    page.goto(f"{site.url}/")
    page.locator("#near").focus()
    press_key("Enter")
    press_key("Space")

    assert page.locator("#events").inner_text() == (
        "keydown near, click near, keyup near, keydown near, keyup near, click near"
    )
    expect(page.locator("#activation")).to_have_text("true")


def test_tab_moves_the_focus(page, press_key, site):
    page.goto(f"{site.url}/")
    page.locator("#near").focus()
    press_key("Tab")

    expect(page.locator("#away")).to_be_focused()


@pytest.mark.needs("gestures")
def test_opening_a_page_is_no_gesture(page, site):
    page.goto(f"{site.url}/")
    page.wait_for_timeout(300)

    assert [path for path in site.paths if path != "/"] == ["/activation/false"]


@pytest.mark.needs("gestures")
def test_looking_at_a_page_is_no_gesture(page, site):
    page.goto(f"{site.url}/")
    assert page.title() == "a page"
    assert page.locator("#near").inner_text() == "near"
    expect(page.locator("#near")).to_be_visible()
    page.locator("#far").scroll_into_view_if_needed()
    assert page.locator("#far").bounding_box()
    assert page.evaluate("() => clicks") == 0
    assert "<title>" in page.content()
    page.screenshot()
    page.wait_for_timeout(100)

    assert page.locator("#activation").inner_text() == "false"
    assert [path for path in site.paths if path != "/"] == ["/activation/false"]


def test_pages_share_no_storage(engine, site):
    with engine.page() as first, engine.page() as second:
        for page in (first, second):
            page.goto(f"{site.url}/")
        first.evaluate("localStorage.seen = 'yes', document.cookie = 'seen=yes'")

        assert second.evaluate("[localStorage.seen || '', document.cookie]") == ["", ""]


def test_page_that_was_closed_can_be_closed(engine, site):
    with engine.page() as page:
        page.goto(f"{site.url}/")
        page.close()


def test_closing_leaves_nothing_behind(engine, site, short_folder):
    probe = subprocess.run(
        [sys.executable, "-c", CLOSING, engine.name, site.url],
        env={**os.environ, "TMPDIR": short_folder},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert probe.returncode == 0, probe.stderr
    assert json.loads(probe.stdout) == {"ran": True, "processes": [], "files": []}


def test_override_that_names_no_file_makes_an_engine_missing(monkeypatch):
    monkeypatch.setenv("AKUNSUB_FIREFOX", "/nowhere/firefox")

    assert engines.find("firefox") is None
    assert "firefox" not in [found.name for found in engines.find_all()]
    with pytest.raises(engines.EngineMissingError, match=r"^missing: firefox\."):
        engines.launch(None, "firefox")


@pytest.mark.parametrize(
    ("here", "found"),
    [
        (["chromium", "chromium-headless-shell"], "chromium-headless-shell"),
        (["chromium"], "chromium"),
        (["chromium-headless-shell"], "chromium-headless-shell"),
    ],
)
def test_the_headless_shell_is_taken_where_it_will_do(monkeypatch, here, found):
    monkeypatch.delenv("AKUNSUB_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    monkeypatch.setattr(finding.shutil, "which", lambda name: name if name in here else None)

    assert engines.find("chromium", headless_shell=True).executable == Path(found)
    whole = engines.find("chromium")
    assert [str(whole.executable)] == ["chromium"] if "chromium" in here else whole is None


def test_override_is_a_system_engine(monkeypatch):
    monkeypatch.setenv("AKUNSUB_CHROMIUM", sys.executable)

    found = engines.find("chromium")

    assert found is not None
    assert (found.kind, str(found.executable)) == ("system", sys.executable)


@pytest.mark.parametrize(
    ("system", "names", "command"),
    [
        (
            {"debian"},
            ["firefox", "webkit"],
            f"{APT} firefox-esr fonts-dejavu-core libwebkit2gtk-4.1-0 xvfb",
        ),
        (
            {"ubuntu", "debian"},
            ["webkit"],
            f"{APT} libwebkit2gtk-4.1-0 xvfb fonts-dejavu-core",
        ),
        (
            {"ubuntu", "debian"},
            ["firefox", "webkit"],
            "python -m playwright install --with-deps firefox webkit",
        ),
        ({"fedora"}, ["chromium"], "python -m playwright install --with-deps chromium"),
    ],
)
def test_how_to_install_is_one_command(monkeypatch, system, names, command):
    monkeypatch.setattr(apt, "_system_ids", lambda: system)
    monkeypatch.setattr(apt.shutil, "which", lambda _: "/usr/bin/apt-get")

    line = engines.how_to_install(names)

    assert line == f"missing: {', '.join(names)}. To get them: {command}"


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        ({"params": {"userGesture": True, "a": 1}}, {"params": {"userGesture": False, "a": 1}}),
        ({"params": {"emulateUserGesture": True}}, {"params": {"emulateUserGesture": False}}),
        ({"params": {"userActivation": True}}, {"params": {"userActivation": False}}),
        (
            {"params": {"message": json.dumps({"params": {"emulateUserGesture": True}})}},
            {"params": {"message": json.dumps({"params": {"emulateUserGesture": False}})}},
        ),
        (
            {"params": {"expression": "navigator.userActivation"}},
            {"params": {"expression": "navigator.userActivation"}},
        ),
    ],
)
def test_commands_pretend_no_gesture(command, sent):
    assert json.loads(without_gesture(json.dumps(command))) == sent


def test_only_unknown_emulation_is_answered_for_firefox():
    unknown = {"id": 7, "type": "error", "error": "unknown command"}
    emulation = json.dumps(unknown | {"message": "emulation.setMediaFeaturesOverride"})
    other = json.dumps(unknown | {"message": "browser.fly"})

    assert json.loads(without_unknown_emulation(emulation)) == {
        "type": "success",
        "id": 7,
        "result": {},
    }
    assert without_unknown_emulation(other) == other


def test_pages_of_a_light_firefox_are_tabs():
    window = {"id": 7, "method": "browsingContext.create", "params": {"type": "window"}}
    other = json.dumps({"id": 8, "method": "browsingContext.close"})

    assert json.loads(in_a_tab(json.dumps(window))) == window | {"params": {"type": "tab"}}
    assert in_a_tab(other) == other
