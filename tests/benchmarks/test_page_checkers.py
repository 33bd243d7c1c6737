"""What counts as reported by a page checker, and when the benchmark says so."""

from __future__ import annotations

import os
import sys

import pytest

from akunsub.verify.target import served
from benchmarks.peers import page_checkers
from benchmarks.peers.checked_pages import GOOD, Page, write_pages
from benchmarks.peers.checker import Checker, Look, all_reports, look, new_reports
from benchmarks.verify import Comparison, facts_of, find_faults, tables, times


def test_of_lighthouse_counts_what_its_report_does_not_show_as_passed():
    audits = {
        "passed": ("binary", 1),
        "nearly": ("metricSavings", 0.9),
        "failed": ("binary", 0),
        "slow": ("numeric", 0.89),
        "broken": ("error", None),
        "told": ("informative", 1),
        "by-hand": ("manual", None),
        "elsewhere": ("notApplicable", None),
        "data": ("informative", 1),
        "unlisted": ("binary", 0),
    }
    refs = [{"id": name, "group": "hidden"} if name == "data" else {"id": name} for name in audits]
    found = {
        "categories": {"first": {"auditRefs": refs[:4]}, "second": {"auditRefs": refs[3:-1]}},
        "audits": {
            name: {"scoreDisplayMode": mode, "score": score}
            for name, (mode, score) in audits.items()
        },
    }

    assert page_checkers.read_lighthouse(found) == {"failed", "slow", "broken", "told"}


def test_of_pa11y_counts_every_code():
    found = [{"code": "H37", "selector": "a"}, {"code": "H37"}, {"code": "H57"}]

    assert page_checkers.read_pa11y(found) == {"H37", "H57"}


def test_of_ours_counts_what_failed_or_warned():
    statuses = ("pass", "fail", "warn", "review", "skipped")
    found = {"pages": [{"results": [{"rule": one, "status": one} for one in statuses]}]}

    assert page_checkers.read_ours(found) == {"fail", "warn"}


def looks(*reported):
    return [Look(1.0, None if one is None else frozenset(one)) for one in reported]


@pytest.mark.parametrize(
    ("here", "good", "expected"),
    [
        (looks("ab", "ab"), looks("b", "", "c"), {"a"}),
        (looks("ab", "bc"), looks(""), {"b"}),
        (looks("a", "b"), looks(""), set()),
        (looks("a", None), looks(""), None),
        (looks("a"), looks("", None), None),
    ],
)
def test_new_is_what_every_look_reports_and_none_at_the_good_page(here, good, expected):
    assert new_reports(here, good) == expected


def test_all_is_what_any_look_reports():
    assert all_reports(looks("ab", "bc", "")) == {"a", "b", "c"}
    assert all_reports(looks("ab", None)) is None


@pytest.mark.parametrize(
    ("script", "reported", "said"),
    [
        ("print('[\"a\"]'); exit(2)", {"a"}, ""),
        ("print('[\"a\"]'); exit(1)", None, '["a"]'),
        ("import sys; sys.stderr.write('no browser'); exit(2)", None, "no browser"),
    ],
)
def test_a_check_was_made_when_it_ended_well_and_answered(script, reported, said):
    checker = Checker("x", "", lambda _: [sys.executable, "-c", script], set, frozenset({0, 2}))

    found = look(checker, "http://127.0.0.1/", os.environ)

    assert (found.reported, found.said) == (reported, said)


def test_the_others_get_the_same_pages_from_a_running_endpoint(tmp_path):
    own, running = tmp_path / "own", tmp_path / "running"

    pages = write_pages(own, running, "http://127.0.0.1:9")

    assert pages[0].name == GOOD
    for one in pages:
        html = (running / one.path).read_text(encoding="utf-8")
        assert "https://pxl.example" not in html
        assert html.count("http://127.0.0.1:9/") == sum(
            (own / one.path).read_text(encoding="utf-8").count(f"{host}/")
            for host in ("https://pxl.example", "http://127.0.0.1:8025")
        )


# Reports the lines of a file, and once only what a second file says; asks a URL for its file.
CHECK = """
import json, pathlib, sys, urllib.request
path = sys.argv[1]
said = urllib.request.urlopen(path).read().decode() if "://" in path else open(path).read()
once = pathlib.Path(sys.argv[2])
more = once.read_text() if once.exists() else ""
once.unlink(missing_ok=True)
print(json.dumps((said + " " + more).split()))
"""


def checker_of_words(name, once):
    return Checker(
        name,
        "",
        lambda target: [sys.executable, "-c", CHECK, target, str(once)],
        set,
        frozenset({0}),
    )


def test_every_page_is_looked_at_by_everybody(tmp_path):
    pages = [
        Page(GOOD, "good.html"),
        Page("demo", "demo.html"),
        Page("axe", "axe.html", "axe"),
        Page("zoom", "zoom.html", "zoom"),
    ]
    for one, words in zip(pages, ("always", "other always", "axe always", "always"), strict=True):
        (tmp_path / one.path).write_text(words, encoding="utf-8")
    once = tmp_path / "once"
    checkers = [checker_of_words(name, once) for name in ("akunsub", "other")]
    comparison = Comparison(tmp_path, tmp_path / "no-browser", checkers, checkers[0])

    with served([str(tmp_path / one.path) for one in pages]) as targets:
        for one, target in zip(pages[:3], targets[:3], strict=True):
            comparison.look_at(one, target)
        once.write_text("sometimes", encoding="utf-8")
        comparison.look_at(pages[3], targets[3])

    facts = [facts_of(comparison, one) for one in pages]
    both = [{name: page["new"][name] for name in ("akunsub", "other")} for page in facts]
    assert both == [
        {"akunsub": ["always"], "other": ["always"]},
        {"akunsub": ["always", "other"], "other": ["always", "other"]},
        {"akunsub": ["axe"], "other": ["axe"]},
        {"akunsub": [], "other": []},
    ]
    assert {len(looks) for looks in facts[0]["looks"].values()} == {3}
    assert {len(looks) for looks in facts[2]["looks"].values()} == {2}
    assert sorted(len(looks) for looks in facts[3]["looks"].values()) == [1, 2]
    found = times(comparison, ["akunsub", "other"], "in all")
    assert [(one["name"], one["pages"]) for one in found] == [
        ("akunsub", 4),
        ("other", 4),
        ("in all", 3),
    ]


def page(name, new, rule=""):
    return {"name": name, "rule": rule, "new": {"akunsub": new, "other": []}}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (page(GOOD, []), []),
        (page("demo/documented.html", ["second-press"]), []),
        (page("axe", ["axe", "keyboard"], "axe"), []),
        (page(GOOD, ["axe"]), ["good page: reported axe"]),
        (page("axe", ["keyboard"], "axe"), ["axe: not reported"]),
        (page("axe", [], "axe"), ["axe: not reported"]),
        (page("axe", None, "axe"), ["axe: the check was not made"]),
    ],
)
def test_every_broken_promise_is_named(facts, expected):
    assert find_faults([facts], "akunsub") == expected


def test_the_tables_show_times_and_who_found_what():
    time = {"median_s": 12.5, "q1_s": 11.0, "q3_s": 14.0, "pages": 2, "akunsub_to_this": 1.0}
    found = {
        "times": [{"name": "akunsub", **time}],
        "settings": {"akunsub": "", "other": ""},
        "broken": 2,
        "found": {"akunsub": 1, "other": 0},
        "pages": [page(GOOD, []), page("axe", ["axe", "keyboard"], "axe"), page("x", None, "x")],
    }

    lines = tables(found).splitlines()

    assert [line.split() for line in lines] == [
        ["seconds", "for", "a", "page", "median", "quartiles", "pages", "akunsub", "÷", "this"],
        ["akunsub", "12.5", "11.0-14.0", "2", "1.0"],
        [],
        ["good", "page,", "akunsub:", "."],
        ["good", "page,", "other:", "."],
        [],
        ["reported", "on", "the", "broken", "page", "only", "akunsub", "other"],
        ["axe", "axe,", "keyboard", "."],
        ["x", "not", "made", "."],
        ["pages", "of", "2", "1", "0"],
    ]
