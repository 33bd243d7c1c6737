"""README.md's walk through, done as it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from akunsub.verify.engines import press
from tests.conftest import ROOT, SMID

WALK = (ROOT / "README.md").read_text().split("## In a minute\n")[1].split("\n## ")[0]
BEFORE, AFTER = (
    [line.partition("  #")[0].rstrip() for line in block.splitlines()]
    for block in re.findall("```sh\n(.*?)```", WALK, re.DOTALL)
)


@pytest.fixture
def person(tmp_path):
    """Where somebody types: a folder, with ``akunsub`` on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"cwd": tmp_path, "env": {**os.environ, "PATH": path}, "text": True}


@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
def test_each_step_does_what_it_says(engine, person):
    install, go, start = BEFORE
    assert install == "pip install '.[verify]'"  # as it is here; tests/test_wheel.py does it
    button, says = re.search(r'Press "(.*?)"\. The page says "(.*?)"', WALK).groups()
    line = re.search("```text\n(.*?)\n```", WALK)[1]

    options = "--port 0 --page-port 0 --no-browser --json"
    shell = f"{go} && exec {start} {options}"
    with subprocess.Popen(["sh", "-c", shell], stdout=subprocess.PIPE, **person) as process:
        facts = json.loads(process.stdout.readline())
        with engine.page() as page:
            page.goto(facts["beside"])
            shown = page.frame_locator("#page")
            press(engine, page, shown.locator(f"text={button}"))
            expect(shown.locator("#outcome h2")).to_have_text(says)
        told = json.loads(process.stdout.readline())["line"]
        process.terminate()

    assert told[8:] == line[8:] == f"  good  confirm for {SMID}"
    (verify,) = AFTER
    folder = person["cwd"] / go.split()[-1]
    done = subprocess.run(
        ["sh", "-c", verify], capture_output=True, check=False, **person | {"cwd": folder}
    )
    ends = re.search(r'It ends with "(.*?)"', WALK)[1]
    assert (done.returncode, ends in done.stdout) == (0, True), done.stdout + done.stderr
