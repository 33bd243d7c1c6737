"""
Takes the pictures of README.md from the running product: ``make pictures``.

A page in ``akunsub dev`` while somebody leaves, and a report of ``akunsub verify``, light and dark.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import expect, sync_playwright

from akunsub import assets
from akunsub.dev.session import developing
from akunsub.platform.settings_file import load_sample
from akunsub.verify import engines

if TYPE_CHECKING:
    from akunsub.verify.engines import Engine

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SCHEMES = ("light", "dark")
_SIZE = {"width": 1280, "height": 720}


def take_dev(engine: Engine) -> None:
    """Take the demo's page beside the inspector: a bad call, then a good one."""
    with developing(
        str(assets.folder("demo") / "index.html"),
        load_sample(),
        port=8025,
        page_port=8026,
        smid_param="smid",
        tell=lambda _: None,
    ) as session:
        for scheme in SCHEMES:
            httpx.post(f"{session.endpoint}/_unsub/reset").raise_for_status()
            with engine.page(viewport=_SIZE, color_scheme=scheme) as page:
                page.goto(session.beside)
                wrong = {"smid": session.people[0].smid, "id": "MXw3Mw==", "categories": "offers"}
                httpx.post(f"{session.endpoint}/unsub/confirm", data=wrong)
                shown = page.frame_locator("#page")
                shown.locator("text=Confirm unsubscribe").click()
                expect(shown.locator("#outcome h2")).to_have_text("You are unsubscribed")
                inspector = page.frame_locator("[title='The inspector']")
                expect(inspector.locator("#calls > li", has_text="confirm")).to_have_count(2)
                expect(inspector.locator("#people li").first).to_contain_text("unsubscribed")
                page.screenshot(path=PICTURES / f"dev-{scheme}.png")


def take_report(engine: Engine) -> None:
    """Take the report on the page that the platform's documentation shows."""
    with TemporaryDirectory(prefix="akunsub-pictures-") as folder:
        report = Path(folder, "report.html")
        command = [sys.executable, "-m", "akunsub", "verify", "demo/documented.html"]
        options = ["--engine", "chromium", "--format", f"html={report}"]
        # From the root: the report names the page as it was named here. It has findings: status 1.
        subprocess.run([*command, *options], cwd=ROOT, check=False, capture_output=True)
        for scheme in SCHEMES:
            with engine.page(viewport=_SIZE, color_scheme=scheme) as page:
                page.goto(report.as_uri())
                page.screenshot(path=PICTURES / f"report-{scheme}.png")


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, engines.launch(playwright, "chromium") as engine:
        take_dev(engine)
        take_report(engine)


if __name__ == "__main__":
    main()
