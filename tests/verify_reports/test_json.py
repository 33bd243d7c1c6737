"""The JSON report and its published schema."""

from __future__ import annotations

import json
from copy import deepcopy

import jsonschema
import pytest

from akunsub.verify.reports.as_json import as_json
from akunsub.verify.reports.schema import SCHEMA_FILE, report_schema
from tests.verify_reports.sample import HOSTILE, clean, hostile, report, unfinished

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def parsed(*reports):
    return json.loads(json.dumps(as_json(reports)))


def test_the_published_schema_is_that_of_the_report():
    assert report_schema() == SCHEMA, "run: python -m akunsub.verify.reports.schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "reports",
    [[report()], [clean(), unfinished()], [], *([hostile(text)] for text in HOSTILE)],
)
def test_reports_are_valid(reports):
    jsonschema.validate(parsed(*reports), SCHEMA)


def test_it_tells_all_but_the_screenshots():
    told = parsed(unfinished())
    (page,) = told["pages"]

    assert told["schema_version"] == 1
    assert told["rules"][0] == {
        "id": "broken",
        "group": "works",
        "level": "error",
        "title": "The page keeps broken.",
        "why": "Without broken people stay.",
        "source": "https://example.org/broken",
        "fix": "Write <meta name='broken'>.",
        "help": "docs/rules/broken.md",
    }
    assert page["results"][2] == {
        "rule": "known",
        "engine": "chromium",
        "status": "fail",
        "reason": "",
        "is_known": True,
        "findings": [
            {
                "message": "long known",
                "selector": "h1",
                "snippet": "",
                "evidence": [],
                "is_certain": True,
                "is_known": True,
            }
        ],
    }
    assert {name: page[name] for name in ("unfinished", "arguments", "seconds", "calls")} == {
        "unfinished": {"firefox": "the page crashed", "webkit": "the page does not load"},
        "arguments": ["--smid-param", "who is it"],
        "seconds": {"chromium": 12.35, "firefox": 3.0},
        "calls": unfinished().calls,
    }
    assert "screenshots" not in page


def _extra(told):
    told["pages"][0]["results"][0]["extra"] = 1


def _missing(told):
    del told["pages"][0]["unfinished"]


def _unknown_status(told):
    told["pages"][0]["results"][0]["status"] = "passed"


def _other_version(told):
    told["schema_version"] = 2


def _extra_in_finding(told):
    told["pages"][0]["results"][0]["findings"][0]["extra"] = 1


def _call_without_verdict(told):
    del told["pages"][0]["calls"]["chromium"][0]["verdict"]


@pytest.mark.parametrize(
    "spoil",
    [
        _extra,
        _missing,
        _unknown_status,
        _other_version,
        _extra_in_finding,
        _call_without_verdict,
    ],
)
def test_wrong_reports_are_refused(spoil):
    wrong = deepcopy(parsed(report()))
    spoil(wrong)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)
