"""The subscription manager, as a form without script uses it."""

import re

import pytest

from tests.conftest import DELAYED, NOON, PREVENTED, SMID

HTML = {"accept": "text/html"}


def manage(endpoint, smid=SMID, **fields):
    """Press a button of the page; return the page that comes of it."""
    url = f"{endpoint.url}/manage/{smid}"
    return endpoint.http.post(url, data=fields, headers=HTML, follow_redirects=True)


def page(endpoint, smid=SMID, **options):
    return endpoint.http.get(f"{endpoint.url}/manage/{smid}", **options)


def test_it_shows_the_managed_categories_of_this_subscription_only(endpoint):
    text = page(endpoint).text

    assert 'value="cat_to_unsub" checked' in text
    assert 'value="category_1" checked' in text
    assert 'value="orders" checked disabled' in text
    assert 'value="category_2"' not in text
    assert "The weekly issue" not in text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(endpoint, method):
    answer = endpoint.http.request(method, f"{endpoint.url}/manage/{SMID}")

    assert answer.status_code == 200
    assert endpoint.state()["status"] == "subscribed"


def test_unsubscribe_leads_back_to_the_page_that_says_so(endpoint):
    answer = manage(endpoint, do="unsubscribe")

    assert [one.status_code for one in answer.history] == [303]
    assert "You are unsubscribed" in answer.text
    assert endpoint.state()["status"] == "unsubscribed"
    assert endpoint.calls(verdict="good")[0]["action"] == "manage_unsubscribe"


def test_resume_brings_back(endpoint):
    manage(endpoint, do="unsubscribe")

    answer = manage(endpoint, do="resume")

    assert "You are subscribed again" in answer.text
    assert endpoint.state()["status"] == "subscribed"


@pytest.mark.parametrize("days", [14, 30, 60, 90])
def test_suspend_ends_by_the_clock(endpoint, days):
    endpoint.clock(now=NOON)
    answer = manage(endpoint, do="suspend", days=str(days))
    assert "Your subscription is paused" in answer.text

    endpoint.clock(advance_seconds=days * 86400 - 1)
    before = endpoint.state()["status"]
    endpoint.clock(advance_seconds=1)

    assert (before, endpoint.state()["status"]) == ("suspended", "subscribed")
    assert "You are subscribed." in page(endpoint).text


@pytest.mark.parametrize("days", ["", "0", "13", "15", "91", "014", " 14", "14.0", "x", "-14"])
def test_any_other_period_is_refused(endpoint, days):
    answer = manage(endpoint, do="suspend", days=days)

    assert answer.status_code == 400
    assert endpoint.calls()[0]["rule"] == "bad_days"
    assert endpoint.state()["status"] == "subscribed"


def test_ticks_are_what_the_person_receives(endpoint):
    manage(endpoint, do="categories", shown=["cat_to_unsub", "category_1"], categories="category_1")
    left = endpoint.state()["categories"]
    manage(
        endpoint, do="categories", shown=["cat_to_unsub", "category_1"], categories="cat_to_unsub"
    )

    assert left == ["cat_to_unsub"]
    assert endpoint.state()["categories"] == ["category_1"]
    assert endpoint.state()["status"] == "subscribed"


def test_a_locked_category_cannot_be_left_whatever_is_posted(endpoint):
    answer = manage(endpoint, do="categories", shown=["orders", "category_1"], categories="")

    assert answer.status_code == 403
    assert endpoint.calls()[0]["rule"] == "locked_category"
    assert endpoint.state()["categories"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "unsubscribe"},
        {"do": "suspend", "days": "14"},
    ],
)
def test_prevented_cannot_be_left_here_either(endpoint, fields):
    answer = manage(endpoint, PREVENTED["smid"], **fields)

    assert answer.status_code == 403
    assert "The law asks us to send you these notices" in answer.text
    assert endpoint.state(PREVENTED["smid"])["status"] == "subscribed"


def test_delayed_is_left_at_once(endpoint):
    manage(endpoint, DELAYED["smid"], do="unsubscribe")

    assert endpoint.state(DELAYED["smid"])["status"] == "unsubscribed"


@pytest.mark.parametrize("fields", [{}, {"do": "destroy"}, {"do": ""}])
def test_something_else_is_refused(endpoint, fields):
    answer = manage(endpoint, **fields)

    assert answer.status_code == 400
    assert endpoint.calls()[0]["rule"] == "bad_action"


def test_nobodys_page_is_not_found(endpoint):
    for smid in ("fNobody", "%3Cimg%3E"):
        answer = page(endpoint, smid)
        assert answer.status_code == 404
        assert "This link does not work" in answer.text
        assert "<img>" not in answer.text


def test_an_outcome_in_the_address_is_told_only_if_it_is_so(endpoint):
    """Somebody kept the address, or made one up."""
    text = page(endpoint, params={"done": "unsubscribed"}).text

    # The words for the SDK's outcomes are there in <template>s, which nobody sees.
    seen = re.sub(r"<template.*?</template>", "", text, flags=re.DOTALL)
    assert "You are subscribed." in seen
    assert "You are unsubscribed" not in seen


@pytest.mark.parametrize(
    ("accept", "words"), [("ru", "Ваша подписка"), ("en", "Your subscription")]
)
def test_it_speaks_the_readers_language(endpoint, accept, words):
    answer = page(endpoint, headers={"accept-language": accept})

    assert words in answer.text
    assert f'<html lang="{accept}">' in answer.text


def test_the_resources_language_wins(endpoint):
    endpoint.set_resource(73, language="ru")

    assert '<html lang="ru">' in page(endpoint, headers={"accept-language": "en"}).text


def test_its_headers_keep_the_address_private(endpoint):
    headers = page(endpoint).headers

    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["cache-control"] == "no-store"


def test_what_is_tried_again_starts_from_what_has_come_in_between(endpoint, monkeypatch):
    """The database ends one of two transactions that wait for each other."""
    monkeypatch.setattr(endpoint.store, "transact", interrupted(endpoint))

    manage(endpoint, do="suspend", days="14")

    assert endpoint.state()["status"] == "unsubscribed"


def interrupted(endpoint):
    """Undo the first try of the first work; the person leaves before the next one."""
    transact, tries = endpoint.store.transact, []

    def try_twice(work):
        def fail(connection):
            work(connection)
            raise UndoneError

        if not tries:
            tries.append(work)
            with pytest.raises(UndoneError):
                transact(fail)
            endpoint.confirm()
        return transact(work)

    return try_twice


class UndoneError(Exception):
    pass
