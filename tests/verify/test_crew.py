"""Browsers that look at a page together, each in a thread of its own."""

from __future__ import annotations

import threading

import psutil
import pytest
from playwright.sync_api import Error

from akunsub.verify.crew import Crew


def children():
    return {one.pid for one in psutil.Process().children(recursive=True)}


def test_each_works_in_a_thread_of_its_own_beside_the_other(engine_name):
    before = children()
    both = threading.Barrier(2, timeout=60)
    seen = []

    def look(engine):
        with engine.page() as page:
            both.wait()
            seen.append((threading.get_ident(), page.evaluate("6 * 7")))

    with Crew(engine_name, 2) as crew:
        crew.each(look)
        assert crew.is_running()
        assert (crew.name, crew.version[:1].isdigit()) == (engine_name, True)

    assert [answer for _, answer in seen] == [42, 42]
    assert len({thread for thread, _ in seen}) == 2
    assert children() <= before


def test_one_that_raises_is_told_when_all_are_done(engine_name):
    done = []

    def work(engine):
        both.wait()
        if both_index.setdefault(threading.get_ident(), len(both_index)):
            done.append(engine.name)
        else:
            raise LookupError("nothing is here")

    both, both_index = threading.Barrier(2, timeout=60), {}
    with Crew(engine_name, 2) as crew:
        with pytest.raises(LookupError, match="nothing is here"):
            crew.each(work)

        assert done == [engine_name]


def test_killed_in_the_middle_none_can_be_used_any_more(engine_name):
    before = children()
    errors = []

    def wait_for_ever(engine):
        with engine.page() as page:
            both.wait()
            page.evaluate("() => new Promise(() => {})")

    def work(engine):
        try:
            wait_for_ever(engine)
        except (Error, OSError) as error:
            errors.append(error)

    both = threading.Barrier(3, timeout=60)
    with Crew(engine_name, 2) as crew:
        killing = threading.Thread(target=lambda: (both.wait(), crew.kill()))
        killing.start()
        crew.each(work)
        killing.join()

        assert len(errors) == 2
        assert not crew.is_running()
    assert children() <= before
