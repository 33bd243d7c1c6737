"""examples/: the JavaScript projects that people copy work, against a real ``akunsub serve``."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
import urllib.request

import pytest

from akunsub.pixel.app import create_app
from akunsub.verify import forwarding
from akunsub.verify.serving import serving
from tests.conftest import ROOT, SCRIPT_ID, SMID
from tests.examples.conftest import EXAMPLES

pytestmark = pytest.mark.skipif(
    not shutil.which("npm"), reason="npm is not installed: apt-get install npm"
)

STAND_IN = ROOT / "tests" / "examples" / "cypress_stand_in.mjs"
#: In each of them, so that each can be copied alone.
SAME = [
    ("playwright/calls.js", "cypress/cypress/support/calls.js"),
    ("playwright/unsubscribe.html", "cypress/unsubscribe.html"),
]
ASKING = ["playwright/unsub.js", "cypress/cypress/support/commands.js"]


def read(name):
    return (EXAMPLES / name).read_text(encoding="utf-8")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def run_playwright(project, url, *arguments):
    """Return the report, and the texts of what failed."""
    done = project.run(
        "node_modules/.bin/playwright", "test", "--reporter=json", *arguments, AKUNSUB_URL=url
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    errors = [
        error["message"]
        for suite in report["suites"]
        for spec in suite["specs"]
        for test in spec["tests"]
        for result in test["results"]
        for error in result["errors"]
    ]
    return report, errors


def test_the_playwright_example_passes_and_starts_its_endpoint(playwright_project):
    url = f"http://127.0.0.1:{free_port()}"

    report, errors = run_playwright(playwright_project, url)

    assert (report["errors"], errors) == ([], [])
    stats = report["stats"]
    expected = read("playwright/unsubscribe.spec.js").count("\ntest('")
    assert (stats["expected"], stats["unexpected"], stats["skipped"]) == (expected, 0, 0)
    assert expected == 6


def test_the_playwright_example_tells_the_nearest_call(playwright_project):
    project = playwright_project
    project.edit("unsubscribe.html", 'value="category_1"', 'value="cat_to_unsub"')
    project.edit("unsubscribe.html", 'value="category_2"', 'value="categroy_2"')

    with serving() as served:
        _, errors = run_playwright(project, served.url, "-g", "some categories")

    missed, bad = errors
    assert f"no confirm of category_1, category_2 for smid {SMID} within 5000 ms" in missed
    assert f"confirm of cat_to_unsub, categroy_2 for smid {SMID}: bad, unknown_category" in missed
    assert "fix: did you mean category_2?" in missed
    assert "categories: expected category_1, category_2, got cat_to_unsub, categroy_2" in missed
    assert "the page made bad calls:" in bad


def test_the_cypress_example_has_cypress_own_types(cypress_project_with_types):
    done = cypress_project_with_types.run("node_modules/.bin/tsc", "-p", "jsconfig.json")

    assert (done.returncode, done.stdout) == (0, "")


def test_the_cypress_example_has_a_configuration(cypress_project_with_types):
    done = cypress_project_with_types.run(
        "node",
        "--input-type=module",
        "-e",
        "import config from './cypress.config.js'; console.log(config.env.AKUNSUB_URL);",
        AKUNSUB_URL="http://127.0.0.1:8025",
    )

    assert (done.stdout, done.stderr) == ("http://127.0.0.1:8025\n", "")


def test_with_endpoint_serves_as_long_as_the_command_lasts(cypress_project):
    cypress_project.folder.joinpath("command.mjs").write_text(
        """
const answer = await fetch(process.env.AKUNSUB_URL + '/_unsub/health');
console.log(process.env.AKUNSUB_URL, answer.status);
process.exitCode = 7;
""",
        encoding="utf-8",
    )

    done = cypress_project.run("node", "with-endpoint.js", "node", "command.mjs")

    url, status = done.stdout.split()
    assert (status, done.returncode, done.stderr) == ("200", 7, "")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)


def test_with_endpoint_fails_when_the_endpoint_does(cypress_project):
    cypress_project.folder.joinpath("akunsub.toml").write_text("nonsense = 1\n", encoding="utf-8")

    done = cypress_project.run("node", "with-endpoint.js", "node", "command.mjs")

    assert done.returncode == 1
    assert "nonsense" in done.stderr


@pytest.fixture
def run_commands(cypress_project, endpoint):
    """Runs the example's commands; returns the value or error of each."""

    def run(*steps):
        file = cypress_project.folder / "cypress" / "support" / "commands.js"
        done = cypress_project.run(
            "node", STAND_IN, file, json.dumps(steps), AKUNSUB_URL=endpoint.url
        )
        assert done.returncode == 0, done.stderr
        return [step.get("value", step.get("error")) for step in json.loads(done.stdout)]

    return run


def test_a_cypress_command_finds_a_call_once(run_commands, endpoint):
    endpoint.confirm(categories=["category_2", "category_1"])
    names = ["category_1", "category_2"]

    found, again, rest, nothing_bad = run_commands(
        ["expectConfirm", SMID, {"categories": names}],
        ["expectConfirm", SMID, {"categories": names, "timeoutMs": 0}],
        ["expectNothing", {"withinMs": 0}],
        ["checkCalls"],
    )

    assert found["rule"] == "ok"
    assert again.endswith(" within 0 ms; the endpoint had no call at all")
    assert (rest, nothing_bad) == (None, None)


def test_a_cypress_command_waits_for_a_call(run_commands, endpoint):
    later = threading.Timer(1, endpoint.confirm)
    later.start()

    (found,) = run_commands(["expectConfirm", SMID, {"timeoutMs": 30_000}])

    later.join()
    assert found["categories"] is None


def test_a_cypress_command_tells_the_nearest_call(run_commands, endpoint):
    endpoint.confirm(smid="fSampleEmailMary0000000000000000000000001")
    endpoint.confirm(categories=["categroy_2"])

    missed, unexpected, bad = run_commands(
        ["expectConfirm", SMID, {"categories": ["category_2"], "timeoutMs": 0}],
        ["expectNothing", {"withinMs": 0}],
        ["checkCalls"],
    )

    head, nearest, fix, *rest, other = missed.split("\n  ")
    assert head == f"no confirm of category_2 for smid {SMID} within 0 ms; the nearest of 2:"
    assert f" confirm of categroy_2 for smid {SMID}: bad, unknown_category: " in nearest
    assert fix.startswith("fix: did you mean category_2?")
    assert rest == [
        "categories: expected category_2, got categroy_2",
        "verdict: expected good, got bad",
    ]
    assert other.endswith(
        "confirm of everything for smid fSampleEmailMary0000000000000000000000001: good, ok"
    )
    assert unexpected == "\n  ".join(["expected nothing:", other, nearest, fix])
    assert bad == "\n  ".join(["the page made bad calls:", nearest, fix])


def test_cypress_commands_rehearse_a_timer(run_commands, endpoint):
    endpoint.confirm()
    *_, state = run_commands(["resetUnsub"], ["expectNothing"], ["unsubState", SMID])
    assert state["status"] == "subscribed"

    run_commands(["setResource", 73, {"mode": "delayed", "timer_seconds": 1800}])
    endpoint.confirm()
    run_commands(["moveClock", 1740])
    endpoint.post("cancel", {"smid": SMID, "id": SCRIPT_ID})
    found, state = run_commands(["expectCancel", SMID], ["unsubState", SMID])
    assert (found["rule"], state["status"]) == ("ok", "subscribed")

    endpoint.confirm()
    run_commands(["moveClock", 1800])
    endpoint.post("cancel", {"smid": SMID, "id": SCRIPT_ID})
    bad, _, allowed = run_commands(["checkCalls"], ["allowBadCalls", "too_late"], ["checkCalls"])
    assert "bad, too_late: " in bad
    assert allowed is None


def test_cypress_leads_every_pixel_host_to_the_endpoint(run_commands, endpoint):
    script = "https://pxl.example.com/ak_list_unsubscribe.js?id=MXw3Mw=="
    page = "https://shop.example/unsubscribe?smid=1"

    told = run_commands(["forwardPixelHosts"], ["forwarded", script], ["forwarded", page])

    assert told[1:] == [f"{endpoint.url}/ak_list_unsubscribe.js?id=MXw3Mw==", page]


@pytest.mark.parametrize("name", ASKING)
def test_what_is_led_to_the_endpoint_is_the_same_as_in_python(name):
    (pattern,) = re.findall(r"PIXEL_PATH =\s+/\^(.*)\$/;", read(name))

    assert pattern.replace("\\/", "/") == forwarding._PIXEL_PATH.pattern


@pytest.mark.parametrize("name", ASKING)
def test_every_path_is_one_of_the_endpoints(name, endpoint):
    routes = create_app(endpoint.store).url_map.bind("").match
    documented = endpoint.http.get(f"{endpoint.url}/_unsub/openapi.json").json()["paths"]
    methods = {"reset": "POST", "clock": "POST", "resources": "PATCH"}
    paths = set(re.findall(r"['`](/_?unsub/[\w/]+)", read(name)))

    assert paths >= {"/_unsub/reset", "/_unsub/calls", "/unsub/state"}
    for path in paths:
        if path.startswith("/unsub/"):
            assert path in documented
        else:
            routes(path.replace("resources/", "resources/73"), methods.get(path.split("/")[2]))


@pytest.mark.parametrize(("name", "copy"), SAME)
def test_what_both_examples_need_is_the_same(name, copy):
    assert read(name) == read(copy)


@pytest.mark.parametrize("name", ["playwright", "cypress"])
def test_only_the_test_runner_is_needed_in_an_exact_version(name):
    package = json.loads(read(f"{name}/package.json"))

    assert "dependencies" not in package
    (version,) = package["devDependencies"].values()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
