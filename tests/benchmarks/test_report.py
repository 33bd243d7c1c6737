from __future__ import annotations

import json

from benchmarks import report


def test_a_table_has_names_to_the_left_and_figures_to_the_right():
    rows = [("bytes", "raw", "ms"), ("akunsub", 5887, "1.20"), ("x", 12, None)]

    text = report.table(rows)

    assert text == "bytes      raw    ms\nakunsub  5,887  1.20\nx           12     ."


def test_quartiles_are_interpolated():
    assert report.quartiles([4, 1, 3, 2, 5]) == (2, 3, 4)
    assert report.quartiles([7]) == (7, 7, 7)


def test_results_say_on_what_they_were_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")

    path = report.write("some", {"figures": [1]})

    written = json.loads(path.read_text())
    assert written["figures"] == [1]
    assert written["machine"].keys() == {"system", "processor", "cores", "load"}
