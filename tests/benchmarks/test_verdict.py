"""When the delivery benchmark says that a promise was not kept."""

from __future__ import annotations

import pytest

from benchmarks.laboratory.verdict import find_faults


def cell(delivered, late=0, **facts):
    usual = {
        "tries": 20,
        "broken": 0,
        "delivered": delivered,
        "delivered_on_revisit": late,
        "lost": 20 - delivered - late,
        "duplicates": 0,
        "median_s": 1.0,
        "longest_s": 2.0,
    }
    return usual | facts


def rows(name, mine, other=None):
    found = {"akunsub": {"title": "akunsub", "cells": {name: mine}}}
    if other:
        found["other"] = {"title": "Other 1.0", "cells": {name: other}}
    return found


@pytest.mark.parametrize(
    ("name", "mine", "other", "expected"),
    [
        ("ok", cell(20), cell(20), []),
        ("nav503", cell(0, 20), cell(0, 20), []),
        ("nav503", cell(0, 20), cell(0, 19), []),
        ("ok", cell(19, 1), None, ["ok: only 19 of 20 without a revisit"]),
        ("nav503", cell(0, 19), None, ["nav503: 1 of 20 lost"]),
        ("ok", cell(20, duplicates=1), None, ["ok: 1 stored twice"]),
        ("ok", cell(20, longest_s=20.5), None, ["ok: one took 20.5 s, more than 20 s"]),
        ("nav503", cell(0, 20), cell(1, 0), ["nav503: Other 1.0 delivered more"]),
        (
            "nav503",
            cell(0, 19),
            cell(0, 20),
            ["nav503: 1 of 20 lost", "nav503: Other 1.0 delivered more"],
        ),
        ("ok", cell(20, broken=2), None, ["ok: 2 tries say nothing, the browser failed"]),
    ],
)
def test_every_broken_promise_is_named(name, mine, other, expected):
    assert find_faults(rows(name, mine, other)) == expected


def test_others_alone_keep_no_promise():
    assert find_faults({"other": {"title": "Other", "cells": {"ok": cell(0)}}}) == []
