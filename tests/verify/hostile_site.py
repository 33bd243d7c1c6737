"""Pages that nobody would wish to meet, and a server for those that need one."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

_BIG = 20_000_000
_PARAGRAPH = f"<p>{'lorem ipsum dolor sit amet ' * 40}</p>\n"
_TELL_AND_SPIN = """const told = new XMLHttpRequest();
told.open('GET', '/told', false); told.send(); for (;;);"""


def _page(body):
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Unsubscribe</title>
<link rel="icon" href="data:,"><h1>Unsubscribe</h1>{body}</html>"""


def _script(text):
    return _page(f"<script>{text}</script>")


PAGES = {
    "good": _page(""),
    # They never let go of the browser.
    "spins": _script("for (;;);"),
    "spins-later": _script("setTimeout(() => { for (;;); }, 500);"),
    "burns": _script(
        "setInterval(() => { const t = Date.now(); while (Date.now() - t < 3000); }, 0);"
    ),
    "alerts": _script("for (;;) alert('Look here');"),
    # They do not stay.
    "reloads": _script("location.reload();"),
    "goes-on": _script("location = '?' + Math.random();"),
    "opens-windows": _script("setInterval(() => open('about:blank'), 20);"),
    "closes": _script("close();"),
    # They are a nuisance, but can be looked at.
    "asks-once": _script("alert('Look here');"),
    "will-not-go": _script("onbeforeunload = (event) => { event.preventDefault(); return 'No'; };"),
    "throws": _script("throw new Error('broken');"),
    "big-text": _page(_PARAGRAPH * (_BIG // len(_PARAGRAPH))),
    "big-script": _script(f"const text = '{'a' * _BIG}';"),
    # They say so, and then they never let go.
    "tells-and-spins": _script(f"setTimeout(() => {{ {_TELL_AND_SPIN} }}, 100);"),
    "spins-when-pressed": _page(f'<button onclick="{_TELL_AND_SPIN}">Unsubscribe</button>'),
    "hangs": _page('<img src="/never">'),
}


class HostileSite:
    """
    Serves the pages, and what no file can do: ``/never``, ``/redirects``, ``/download``.

    Attributes:
        asked: Path → set when somebody has asked for it.
    """

    def __init__(self, url):
        self.url = url
        self.asked = defaultdict(threading.Event)


@contextmanager
def running_site():
    over = threading.Event()
    numbers = count()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.partition("?")[0]
            site.asked[path].set()
            if path == "/never":
                over.wait()
                self.close_connection = True
            elif path == "/redirects":
                self._answer(302, "", Location=f"/redirects?{next(numbers)}")
            elif path == "/download":
                self._answer(200, "…", **{"Content-Disposition": "attachment; filename=a.bin"})
            else:
                self._answer(200, PAGES.get(path[1:], "told"))

        def _answer(self, status, text, **headers):
            data = text.encode()
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass  # browsers that were killed hang up

    with Server(("127.0.0.1", 0), Handler) as server:
        site = HostileSite(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            over.set()
            server.shutdown()
            thread.join()
