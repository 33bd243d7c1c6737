"""The OpenAPI file says what the endpoint does, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from akunsub.pixel import wire
from akunsub.pixel.api.methods import METHODS
from akunsub.pixel.wire_schema import UnsubCall
from akunsub.platform.settings_file import load_sample
from tests.api.conftest import TOKEN, run_api
from tests.fuzz.budget import MINUTES

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# Each time the same; or others, for so long (CONTRIBUTING.md).
HOW_MUCH = (
    ("--seed", "1", "--max-examples", "30")
    if MINUTES is None
    else ("--max-examples", "100000", "--max-time", str(int(MINUTES * 60)))
)


def read_file(api):
    answer = api.http.get(f"{api.url}/_unsub/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_the_file_is_valid_openapi_3_1(api):
    file = read_file(api)

    validate(file)
    assert file["openapi"] == "3.1.0"


def test_each_method_and_each_unsub_path_is_in_it(api):
    assert list(read_file(api)["paths"]) == [
        *(f"/api/v1.1/{name}" for name in METHODS),
        "/unsub/confirm",
        "/unsub/cancel",
        "/unsub/state",
    ]


def test_each_accepted_type_of_body_is_in_it(api):
    paths = read_file(api)["paths"]

    for path, types in {
        "/api/v1.1/subscriptions/set": [
            "application/json",
            "application/xml",
            "text/xml",
            "text/plain",
        ],
        "/unsub/confirm": ["application/x-www-form-urlencoded", "application/json", "text/plain"],
    }.items():
        assert list(paths[path]["post"]["requestBody"]["content"]) == types


def test_its_fields_of_unsub_are_those_that_are_read():
    assert set(UnsubCall.model_fields) == wire._FIELDS


def test_it_is_there_in_production(tmp_path):
    with run_api(tmp_path / "p.db", load_sample(), production=True) as api:
        assert read_file(api)["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    "options",
    [
        ("--phases", "examples,fuzzing", *HOW_MUCH),
        # Their requests have the same declaration as delete and suspend_all.
        (
            *("--phases", "coverage", "--mode", "positive", "--seed", "1"),
            *("--exclude-path-regex", "/(get|undelete|unsuspend_all|cancel)$"),
        ),
    ],
    ids=["fuzzing", "coverage"],
)
def test_no_generated_request_gets_what_the_file_does_not_say(api, tmp_path, options):
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            f"{api.url}/_unsub/openapi.json",
            *("--checks", ",".join(CHECKS), "--workers", "1", "--warnings", "off"),
            # A request takes some milliseconds; a busy machine takes what it wants.
            *("--max-response-time", "5"),
            *("--header", f"Authorization: Bearer {TOKEN}"),
            *options,
        ],
        cwd=tmp_path,
        env=os.environ
        | {
            "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks",
            "PYTHONPATH": os.pathsep.join(
                [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
            ),
        },
        capture_output=True,
        text=True,
        timeout=120 + 60 * (MINUTES or 0),
        check=False,
    )

    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-1000:]
    assert "generated" in run.stdout
