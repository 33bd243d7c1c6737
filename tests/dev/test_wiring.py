"""What is changed in a page that is served for development, and what is not."""

from __future__ import annotations

import pytest

from akunsub.dev.page_settings import with_resources_of
from akunsub.dev.wiring import Tag, Wires, read_page, wire_page
from akunsub.platform.settings_file import load_sample

ENDPOINT = "http://127.0.0.1:8025"
ORIGIN = "http://127.0.0.1:8026"
OURS = f"{ORIGIN}/_akunsub/"
MARKS = 'nonce="n-1"'
CLIENT = (
    f'<script src="/_akunsub/wired.js" data-endpoint="{ENDPOINT}" {MARKS} data-changes="3">'
    "</script>"
)
SDK = f"{ENDPOINT}/ak_list_unsubscribe.js?id=MXw3Mw=="
TAG = '<script src="https://pxl.example/ak_list_unsubscribe.js?id=MXw3Mw=="></script>'


def wired(html, own_hosts=()):
    wires = Wires(ENDPOINT, SDK, frozenset(own_hosts))
    page = read_page(html)
    wires.note(page)
    return wire_page(html, page, wires, origin=ORIGIN, nonce="n-1", changes=3)


def led(text, *hosts):
    return Wires(ENDPOINT, SDK, hosts={*hosts}).lead(text)


def test_the_script_of_ours_comes_first_and_the_sdk_from_the_endpoint():
    html = f"<!doctype html>\n<html><head><title>Ü</title>{TAG}</head><body>…</body></html>\n"

    assert wired(html) == (
        f"<!doctype html>\n<html><head>{CLIENT}<title>Ü</title>"
        f'<script src="{SDK}"></script></head><body>…</body></html>\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!doctype html>\n<html lang=en>", "<p>Hello"),
        ("<!DOCTYPE html>", "<p>Hello"),
        ("", "<p>Hello"),
        ('<html>\n<head\n  lang="en">', "<title>x</title>"),
        ("<!doctype html>\r\n<html>", "<p>A <!doctype> in <head>, <html>"),
    ],
)
def test_a_page_without_a_head_is_wired_too(before, after):
    assert wired(before + TAG + after).startswith(before + CLIENT)


def test_a_page_without_the_sdk_gets_it():
    sdk = f'<script src="{SDK}" {MARKS}></script>'

    assert wired("<head></head>") == f"<head>{CLIENT}{sdk}</head>"


@pytest.mark.parametrize(
    ("html", "tag"),
    [
        (TAG, Tag(("pxl.example",), "MXw3Mw==", "")),
        (
            "<SCRIPT data-ak-rtoken=r-1 async SRC=//pxl.example:8443/ak_list_unsubscribe.mjs>",
            Tag(("pxl.example:8443",), "", "r-1"),
        ),
        ('<script src="/js/ak_list_unsubscribe.1a2b.js"></script>', Tag((), "", "")),
        (
            (
                '<script type="module">import AkUnsub from '
                '"https://pxl.example/ak_list_unsubscribe.mjs?id=MXw3Mw==";</script>'
            ),
            Tag(("pxl.example",), "MXw3Mw==", ""),
        ),
        (
            (
                '<script src="/js/ak_list_unsubscribe.js?id=x" data-ak-pxl-domain="pxl.example"'
                ' data-ak-id="MXw3Mw=="></script>'
            ),
            Tag(("pxl.example",), "MXw3Mw==", ""),
        ),
        (
            (
                '<script src="//cdn.example/ak_list_unsubscribe.js"'
                ' data-ak-pxl-domain="http://pxl.example"></script>'
            ),
            Tag(("pxl.example", "cdn.example"), "", ""),
        ),
        ('<script src="https://pxl.example/other.js"></script>', None),
        (f"<!-- {TAG} -->", None),
    ],
)
def test_the_tag_is_found(html, tag):
    assert read_page(html).tag == tag


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fetch('https://pxl.example/unsub/state')", f"fetch('{ENDPOINT}/unsub/state')"),
        ("src=//pxl.example/x", f"src={ENDPOINT}/x"),
        ("{ pxl_domain: 'pxl.example' }", "{ pxl_domain: 'pxl.example' }"),
        ("https://pxl.example.com/", "https://pxl.example.com/"),
        ("https://my.pxl.example/", "https://my.pxl.example/"),
        ("https://pxl.example:8443/", "https://pxl.example:8443/"),
        ("help@pxl.example", "help@pxl.example"),
        ("https://example.com/pxl.example", "https://example.com/pxl.example"),
    ],
)
def test_only_the_pixel_host_is_led(text, expected):
    assert led(text, "pxl.example") == expected


def test_what_the_pages_own_server_has_stays():
    html = f"<head></head>{TAG.replace('pxl.example', 'localhost:5173')}"

    assert wired(html, own_hosts=["localhost:5173"]) == f"<head>{CLIENT}</head>{html[13:]}"


def test_a_nonce_is_ours_too():
    html = '<head></head><script nonce="a&quot;b">1</script>' + TAG

    assert wired(html).startswith(f"<head>{CLIENT.replace('n-1', 'a&quot;b')}")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            "script-src https://pxl.example; connect-src 'none'; img-src *",
            f"script-src {ENDPOINT} {OURS}; connect-src {OURS}; img-src * {ENDPOINT}",
        ),
        (
            "default-src 'self' https:",
            (
                f"default-src 'self' https: {ENDPOINT}; "
                f"script-src 'self' https: {ENDPOINT} {OURS}; "
                f"connect-src 'self' https: {ENDPOINT} {OURS}"
            ),
        ),
        (
            "script-src *.example; SCRIPT-SRC 'none'; upgrade-insecure-requests",
            f"script-src *.example {ENDPOINT} {OURS}; upgrade-insecure-requests",
        ),
        ("script-src-elem pxl.example", f"script-src-elem {ENDPOINT} {OURS}"),
        (
            "script-src 'sha256-x' 'strict-dynamic'",
            f"script-src 'sha256-x' 'strict-dynamic' {OURS} 'nonce-n-1'",
        ),
        ("frame-ancestors 'none'", "frame-ancestors 'self'"),
        ("style-src 'self'", "style-src 'self'"),
    ],
)
def test_a_policy_lets_in_what_is_ours_and_the_endpoint_where_the_pixel_host_is(policy, expected):
    wires = Wires(ENDPOINT, SDK, hosts={"pxl.example"})

    assert wires.allow(policy, ORIGIN, "n-1") == expected


def test_a_policy_in_the_page_is_changed_where_it_stands():
    html = f"""<head><meta http-equiv=Content-Security-Policy content="script-src 'self'">{TAG}"""

    assert f'content="script-src &#x27;self&#x27; {OURS}">' in wired(html)


def test_a_resource_that_nobody_described_is_there():
    sample = load_sample()
    tag = TAG.replace("MXw3Mw==", "N3w4").replace("></", ' data-ak-rtoken="r-7"></')
    page = read_page(tag + '<input name="categories" value="news"><input name=categories value>')

    settings = with_resources_of(sample, [page, page, read_page(TAG), read_page("")])

    added, *others = settings.resources
    assert tuple(others) == sample.resources
    assert (added.account_id, added.resource_id, added.rtoken) == (7, 8, "r-7")
    assert [one.name for one in added.categories] == ["news"]
    assert (settings.messages[0].account_id, settings.messages[0].resource_id) == (7, 8)
    assert settings.messages[1:] == sample.messages


def test_pages_of_one_resource_have_their_categories_together():
    tag = TAG.replace("MXw3Mw==", "N3w4")
    pages = [
        read_page(f"{tag}{''.join(f'<input name=categories value={name}>' for name in names)}")
        for names in ([], ["news", "a!b"], ["news", "offers"])
    ]

    added = with_resources_of(load_sample(), pages).resources[0]

    assert [one.name for one in added.categories] == ["news", "offers"]


def test_resources_whose_numbers_are_alike_have_people_of_their_own():
    pages = [read_page(TAG.replace("MXw3Mw==", script_id)) for script_id in ("MXw3", "MXw3MA==")]

    settings = with_resources_of(load_sample(), pages)

    assert [one.resource_id for one in settings.messages[:2]] == [7, 70]


def test_a_known_token_is_not_used_twice():
    tag = TAG.replace("MXw3Mw==", "N3w4")
    rtoken = load_sample().resources[0].rtoken
    page = read_page(tag.replace("></", f' data-ak-rtoken="{rtoken}"></'))

    with_resources_of(load_sample(), [page])
