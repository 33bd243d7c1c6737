"""What somebody sent, or configured, is text on every page of the endpoint's own."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.conftest import SCRIPT_ID, SMID
from tests.elements import Elements

HARMLESS = "harmless"
TEXTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title></style></textarea></pre></details></select><h1>owned</h1>",
    "<!--",
    "<![CDATA[<b>",
    "&lt;b&gt;&#60;b&#62;",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "a\nb\tc",
]
HTML = {"accept": "text/html"}
CALL = {"smid": SMID, "id": SCRIPT_ID}


def confirmed(name):
    return lambda endpoint, text: endpoint.post("confirm", CALL | {name: text}, headers=HTML)


def seen(path):
    return lambda endpoint, text: endpoint.http.get(f"{endpoint.url}{path}{quote(text, safe='')}")


def managed(endpoint, text):
    url = f"{endpoint.url}/manage/{SMID}"
    return endpoint.http.post(url, data={"action": text, "categories": text})


def prevented(endpoint, text):
    endpoint.set_resource(73, mode="prevented", reason=text)
    return endpoint.http.get(f"{endpoint.url}/u/{SMID}")


def inspected(name):
    def page(endpoint, text):
        endpoint.post("confirm", CALL | {name: text})
        return endpoint.http.get(f"{endpoint.url}/_unsub/")

    return page


def whole_of(name):
    def page(endpoint, text):
        endpoint.post("confirm", CALL | {name: text})
        number = endpoint.calls()[-1]["id"]
        return endpoint.http.get(f"{endpoint.url}/_unsub/calls/{number}")

    return page


PAGES = {
    "the answer, smid": confirmed("smid"),
    "the answer, categories": confirmed("categories"),
    "the answer, id": confirmed("id"),
    "the answer, rtoken": confirmed("rtoken"),
    "the link": seen("/u/"),
    "the manager": seen("/manage/"),
    "the manager's form": managed,
    "the reason": prevented,
    "the search": seen("/_unsub/?q="),
    "the search, smid": seen("/_unsub/?smid="),
    "the search, action": seen("/_unsub/?action="),
    "the inspector, smid": inspected("smid"),
    "the inspector, categories": inspected("categories"),
    "the inspector, another field": inspected("x"),
    "one call, smid": whole_of("smid"),
    "one call, categories": whole_of("categories"),
    "one call, another field": whole_of("x"),
}


def consists_of(answer):
    """The elements and the names of their attributes; where links lead, as far as the scheme."""
    return [
        (tag, sorted(attrs), attrs.get("href", "").partition(":")[0] == "javascript")
        for tag, attrs in Elements(answer.text).found
    ]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_consists_of_the_same_whatever_was_sent(endpoint, name, text):
    page = PAGES[name]
    usual = page(endpoint, HARMLESS)
    endpoint.reset()

    answer = page(endpoint, text)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert consists_of(answer) == consists_of(usual)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("text", TEXTS[:5])
@pytest.mark.parametrize("header", ["User-Agent", "X-Anything"])
def test_a_header_is_text(endpoint, header, text):
    pages = []
    for value in (HARMLESS, text):
        endpoint.reset()
        endpoint.post("confirm", CALL, headers={header: value})
        number = endpoint.calls()[-1]["id"]
        pages.append(endpoint.http.get(f"{endpoint.url}/_unsub/calls/{number}"))

    assert consists_of(pages[0]) == consists_of(pages[1])
    assert text in Elements(pages[1].text).text
