"""
Run an engine where every packet that leaves the machine is seen, and say which did.

Started by test_no_traffic.py in a network and mount namespace of its own: `out` is the way to
everywhere but loopback, and leads into `hole`, where nobody answers. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import expect, sync_playwright
from pyroute2 import IPRoute

from akunsub.verify import engines

# RFC 2544: never anybody's own network.
ROUTER = "198.18.0.1"
ADDRESS = "198.18.0.2"
PAGE = b"""<!doctype html><title>local</title>
<button onclick="this.textContent = 'pressed'">press</button>"""
# RFC 5737: an address that is nobody's.
OUTSIDE = b'<img src="http://192.0.2.1/x.png">'
ETH_P_ALL = 3


def cut_off():
    """Let all packets but loopback's end in `hole`, name server queries included."""
    for scope in ("all", "default"):  # its neighbour discovery would be packets of the kernel
        setting = Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6")
        if setting.exists():
            setting.write_text("1")
    # Netlink through a library: the command `ip` is not on every machine.
    with IPRoute() as route:
        route.link("add", ifname="out", kind="veth", peer="hole")
        index = {name: route.link_lookup(ifname=name)[0] for name in ("lo", "out", "hole")}
        route.link("set", index=index["lo"], state="up")
        route.addr("add", index=index["out"], address=ADDRESS, prefixlen=24)
        route.link("set", index=index["out"], state="up")
        route.link("set", index=index["hole"], state="up")
        # A known neighbour: what is sent is the packet itself, not a question who it is.
        route.neigh(
            "add", dst=ROUTER, lladdr="02:00:00:00:00:01", ifindex=index["out"], state="permanent"
        )
        route.route("add", dst="default", gateway=ROUTER)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as resolver:
        resolver.write(f"nameserver {ROUTER}\n")
        resolver.flush()
        subprocess.run(["mount", "--bind", resolver.name, "/etc/resolv.conf"], check=True)


def sent_packets():
    """The kernel's own count of what went out."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "out":
            return int(counts.split()[9])
    raise LookupError("no interface out")


def described(frame):
    """Where *frame* wanted to go; of a DNS query, what it asks for."""
    if frame[12:14] != b"\x08\x00":
        return f"ethertype {frame[12:14].hex()}"
    packet = frame[14:]
    protocol = {6: "tcp", 17: "udp"}.get(packet[9], str(packet[9]))
    payload = packet[(packet[0] & 15) * 4 :]
    (port,) = struct.unpack("!H", payload[2:4])
    asked = f" {payload[20:]!r}" if port == 53 else ""
    return f"{protocol} {socket.inet_ntoa(packet[16:20])}:{port}{asked}"


def drain(sniffer):
    frames = []
    while True:
        try:
            frames.append(sniffer.recv(2048))
        except BlockingIOError:
            return sorted({described(frame) for frame in frames})


def serve(page):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def use(name, *, outside, linger_s, **launching):
    url = serve(PAGE + OUTSIDE if outside else PAGE)
    with (
        sync_playwright() as playwright,
        engines.launch(playwright, name, **launching) as engine,
        engine.page() as page,
    ):
        # "commit": the image of the control never arrives, and with it "load".
        page.goto(url, wait_until="commit")
        engines.press(engine, page, "button")
        expect(page.locator("button")).to_have_text("pressed")
        deadline = time.monotonic() + linger_s
        while time.monotonic() < deadline and not (outside and sent_packets()):
            page.wait_for_timeout(50)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--outside", action="store_true", help="with an image from elsewhere")
    parser.add_argument("--internet", action="store_true", help="let Chromium out")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--linger-s", type=float, default=0)
    options = parser.parse_args()
    cut_off()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as sniffer:
        sniffer.bind(("hole", 0))
        sniffer.settimeout(0)
        use(
            options.engine,
            outside=options.outside,
            internet=options.internet,
            light=options.light,
            linger_s=options.linger_s,
        )
        print(json.dumps({"sent": sent_packets(), "packets": drain(sniffer)}))  # noqa: T201


if __name__ == "__main__":
    main()
