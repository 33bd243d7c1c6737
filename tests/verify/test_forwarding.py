"""What a page sends to a pixel host that does not exist arrives at the test's endpoint."""

from __future__ import annotations

import threading
import time
import urllib.request
from urllib.parse import urlencode

import pytest

from akunsub.verify.endpoint import running_endpoint
from akunsub.verify.engines import press
from akunsub.verify.forwarding import forward_pixel_hosts, is_for_pixel_host
from tests.conftest import SCRIPT_ID, SMID

PAGE = """<!doctype html><html lang="en"><title>Leave</title><link rel="icon" href="data:,">
<script src="{pxl}/ak_list_unsubscribe.js?id={id}"></script>
<button data-ak-unsub="confirm" data-ak-categories="category_1 category_2">Leave</button>
<output></output><script>
for (const outcome of ['result', 'error']) {{
  document.addEventListener('akunsub:' + outcome, ({{ detail }}) => {{
    document.querySelector('output').textContent =
      detail.error ? detail.error.code : detail.result.categories.join(' ');
  }});
}}
</script></html>"""


@pytest.mark.parametrize("pxl", ["http://pxl.example", "https://pxl.example:8443"])
@pytest.mark.parametrize("shop", ["http://shop.example", "https://shop.example"])
def test_whatever_the_pixel_host_is_called(engine, unsub_page, unsub_server, shop, pxl):
    if shop.startswith("https") and not pxl.startswith("https"):
        pxl = "//pxl.example"
    html = PAGE.format(pxl=pxl, id=SCRIPT_ID)
    unsub_page.route(f"{shop}/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    unsub_page.goto(f"{shop}/leave?smid={SMID}")

    press(engine, unsub_page, "button")

    call = unsub_server.expect_confirm(SMID, ["category_2", "category_1"])
    unsub_page.wait_for_selector("output:text('category_1 category_2')")
    headers = {name.lower(): value for name, value in call["request"]["headers"].items()}
    assert headers["origin"] == shop
    assert not [name for name in headers if name.startswith("x-akunsub")]
    unsub_server.expect_nothing()


def open_slow_page(page):
    """Open a page that does not send its call before a second has passed since the press."""
    html = f"""<!doctype html><html lang="en"><title>Leave</title><link rel="icon" href="data:,">
      <script src="https://pxl.example/ak_list_unsubscribe.js?id={SCRIPT_ID}"></script>
      <button onclick="setTimeout(() => AkUnsub.confirmUnsub('{SMID}'), 1000)">Leave</button>"""
    page.route(
        "https://shop.example/*", lambda route: route.fulfill(body=html, content_type="text/html")
    )
    page.goto("https://shop.example/leave")


def test_a_call_that_comes_after_the_press_is_waited_for(engine, unsub_page, unsub_server):
    """Its handler is Python's, in the thread that waits."""
    open_slow_page(unsub_page)

    press(engine, unsub_page, "button")

    unsub_server.expect_confirm(SMID)


@pytest.mark.needs("multipage")
def test_so_it_is_after_another_page_has_been_there(engine, unsub_page, unsub_server):
    open_slow_page(unsub_page)
    with engine.page() as other, unsub_server.led(other):
        unsub_server.expect_nothing(within_s=0.1)

    press(engine, unsub_page, "button")

    unsub_server.expect_confirm(SMID)


def test_a_page_that_is_gone_is_not_waited_for(engine, page, unsub_server):
    """What came of it is."""
    body = urlencode({"smid": SMID, "id": SCRIPT_ID}).encode()
    later = threading.Timer(
        0.5, lambda: urllib.request.urlopen(f"{unsub_server.url}/unsub/confirm", body).close()
    )
    with unsub_server.led(page):
        page.close()
        later.start()

        unsub_server.expect_confirm(SMID)
    later.join()


@pytest.mark.needs("multipage")
def test_so_does_a_window_that_a_press_opens(engine, page, site):
    """Of a check: nobody is unsubscribed by what the page opens, either."""
    send = f"""fetch('https://pxl.example/unsub/confirm', {{ method: 'POST',
      body: new URLSearchParams({{ smid: '{SMID}', id: '{SCRIPT_ID}' }}) }})"""
    site.add(f"<script>{send}</script>", path="/window.html")
    with running_endpoint() as endpoint:
        endpoint.lead(page)
        page.goto(site.add("<button onclick=\"window.open('/window.html')\">Leave</button>"))

        with page.expect_popup() as opened:
            press(engine, page, "button")

        opened.value.wait_for_load_state()
        deadline = time.monotonic() + 10
        while not (calls := endpoint.calls()) and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        assert [call["rule"] for call in calls] == ["ok"]


def test_an_endpoint_that_is_gone_is_a_network_fault(engine, page, site):
    gone = "http://127.0.0.1:9"
    forward_pixel_hosts(page, gone)
    page.goto(
        site.add(
            "<button onclick=\"fetch('https://pxl.example/unsub/confirm', {method: 'POST', body: "
            "new URLSearchParams({smid: 'x'})}).catch(() => log('failed'))\">Leave</button>"
        )
    )

    press(engine, page, "button")

    page.wait_for_selector("#log li:text('failed')")


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://pxl.example/ak_list_unsubscribe.js?id=MXw3Mw==", True),
        ("https://pxl.example/ak_list_unsubscribe.0123abcd.mjs", True),
        ("http://127.0.0.1:8025/unsub/cancel", True),
        ("https://pxl.example/unsub/confirm/all", False),
        ("https://shop.example/unsubscribe?next=/unsub/confirm", False),
        ("data:text/plain,/unsub/confirm", False),
    ],
)
def test_what_is_for_a_pixel_host(url, is_one):
    assert is_for_pixel_host(url) == is_one
