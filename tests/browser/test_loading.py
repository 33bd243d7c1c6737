"""However the script gets onto the page, it works, and where it must not run it does not."""

from __future__ import annotations

import socket
import urllib.parse

import pytest

from akunsub.pixel.server import Server
from akunsub.verify.engines import press
from tests import preconnecting
from tests.browser.pages import (
    CONFIRM,
    MANIFEST,
    MINIFIED,
    button,
    everything_logged,
    logged,
    sdk_tag,
    watched,
)
from tests.conftest import RTOKEN, SCRIPT_ID, SMID, UNSUBSCRIBED, create_test_site

BUTTON = button(watched(CONFIRM))
READY = "<script>addEventListener('load', () => log('loaded', typeof AkUnsub))</script>"


def body_of(call):
    return urllib.parse.parse_qs(call["request"]["body"])


@pytest.mark.parametrize("attributes", ["", "async", "defer"])
@pytest.mark.parametrize("place", ["head", "body"])
def test_it_works_wherever_the_tag_stands(engine, page, site, endpoint, attributes, place):
    tag = sdk_tag(endpoint, attributes)
    head, body = (READY + tag, BUTTON) if place == "head" else (READY, BUTTON + tag)
    page.goto(site.add(body, head=head))
    assert logged(page, "loaded") == ["function"]

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]


def test_it_works_when_added_late_by_a_script(engine, page, site, endpoint):
    late = f"""<script>
      addEventListener('load', () => setTimeout(() => {{
        const script = document.createElement('script');
        script.src = '{endpoint.url}/{MINIFIED}?id={SCRIPT_ID}';
        script.onload = () => log('loaded', 0);
        document.body.append(script);
      }}));</script>"""
    declarative = '<button id="d" data-ak-unsub="confirm">Leave</button>'
    page.goto(site.add(declarative + late) + f"?smid={SMID}")
    logged(page, "loaded")

    press(engine, page, "#d")

    assert logged(page, "event result")[0][4] == UNSUBSCRIBED


def test_base_href_does_not_move_the_endpoint(engine, page, site, endpoint):
    head = '<base href="https://base.invalid/elsewhere/">' + sdk_tag(endpoint)
    page.goto(site.add(BUTTON, head=head))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]


def test_loading_it_twice_keeps_the_first_class(engine, page, site, endpoint):
    keep = "<script>const first = AkUnsub</script>"
    check = "<script>log('kept', first === AkUnsub)</script>"
    declarative = '<button id="d" data-ak-unsub="confirm">Leave</button>'
    tag = sdk_tag(endpoint)
    page.goto(site.add(tag + keep + tag + check + declarative) + f"?smid={SMID}")

    press(engine, page, "#d")

    assert logged(page, "kept") == [True]
    logged(page, "event result")
    assert len(endpoint.calls()) == 1


def test_an_element_of_that_name_does_not_keep_it_out(engine, page, site, endpoint):
    page.goto(site.add(f'<div id="AkUnsub"></div>{sdk_tag(endpoint)}{BUTTON}'))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]


def test_it_adds_one_global_and_no_more(engine, page, site, endpoint):
    before = "<script>const names = Object.getOwnPropertyNames(window)</script>"
    # Playwright's driver adds its own to a page of Firefox, at a time of its choice.
    after = """<script>log('added', Object.getOwnPropertyNames(window)
      .filter((name) => !names.includes(name) && !name.startsWith('__pw_')))</script>"""
    page.goto(site.add(before + sdk_tag(endpoint) + after))

    assert logged(page, "added") == [["AkUnsub"]]


def test_data_attributes_override_the_url_and_options_override_both(engine, page, site, endpoint):
    attributes = f'data-ak-rtoken="{RTOKEN}" data-ak-pxl-domain="{endpoint.url}"'
    wrong = f"new AkUnsub({{rtoken: 'mine'}}).confirmUnsub('{SMID}')"
    undefined = f"new AkUnsub({{rtoken: undefined}}).confirmUnsub('{SMID}')"
    page.goto(
        site.add(
            sdk_tag(endpoint, attributes)
            + BUTTON
            + button(watched(wrong), "wrong")
            + button(watched(undefined), "undefined")
        )
    )

    press(engine, page, "#b")
    logged(page, "resolved")
    press(engine, page, "#wrong")
    logged(page, "rejected")
    press(engine, page, "#undefined")
    logged(page, "resolved", 2)

    tokens = [body_of(call)["rtoken"] for call in endpoint.calls()]
    assert tokens == [[RTOKEN], ["mine"], [RTOKEN]]


def test_a_self_hosted_copy_names_the_endpoint_and_the_id(engine, page, site, endpoint):
    """The file from the author's own server; without an id it says what is missing."""
    site.pages["/copy.js"] = (
        endpoint.http.get(f"{endpoint.url}/{MINIFIED}").text,
        {"Content-Type": "text/javascript"},
    )
    tag = f'<script src="/copy.js" data-ak-id="{SCRIPT_ID}" data-ak-pxl-domain="{endpoint.url}">'
    page.goto(site.add(f"{tag}</script>{BUTTON}"))
    press(engine, page, "#b")
    assert logged(page, "resolved") == [UNSUBSCRIBED]

    page.goto(site.add(f'<script src="/copy.js"></script>{BUTTON}'))
    press(engine, page, "#b")
    assert logged(page, "rejected")[0]["message"] == "config: id"


def test_integrity_refuses_a_file_that_differs_by_one_byte(engine, page, site, endpoint):
    text = endpoint.http.get(f"{endpoint.url}/{MINIFIED}").text
    pages = {"/ak.js": (text + "\n", {"Access-Control-Allow-Origin": "*"})}
    with Server(create_test_site(pages)) as other:
        integrity = MANIFEST["files"][MINIFIED]["integrity"]
        tag = f'<script src="{other.url}/ak.js" integrity="{integrity}" crossorigin></script>'
        page.goto(site.add(READY + tag))

        assert logged(page, "loaded") == ["undefined"]

        # The same server, the right bytes: it was the byte, not the server.
        pages["/ak.js"] = (text, {"Access-Control-Allow-Origin": "*"})
        page.goto(site.add(READY + tag, path="/again.html"))

        assert logged(page, "loaded") == ["function"]


def test_a_strict_csp_and_trusted_types_are_enough(engine, page, site, endpoint):
    """Nonce for scripts, the endpoint alone for connections, no inline anything."""
    policy = (
        "default-src 'none'; script-src 'nonce-n1' 'strict-dynamic'; "
        f"connect-src {endpoint.url}; img-src data:; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    head = '<script nonce="n1" src="/harness.js"></script>' + sdk_tag(endpoint, 'nonce="n1"')
    body = '<button id="d" data-ak-unsub="confirm">Leave</button>'
    url = site.add(body, head=head, headers={"Content-Security-Policy": policy})
    html, headers = site.pages["/page.html"]
    site.pages["/page.html"] = (html.replace('<script src="/harness.js"></script>', ""), headers)
    page.goto(f"{url}?smid={SMID}")

    press(engine, page, "#d")

    assert logged(page, "event result")[0][4] == UNSUBSCRIBED
    assert everything_logged(page) == ["event result"]


@pytest.fixture(scope="module")
def preconnecting_engine(engine, playwright):
    with preconnecting.launched(playwright, engine.name) as own:
        yield own


@pytest.fixture
def preconnecting_page(preconnecting_engine):
    with preconnecting_engine.page() as page:
        yield page


@pytest.mark.parametrize("place", ["script", "constructor"])
def test_the_connection_is_opened_before_anybody_presses(preconnecting_page, site, endpoint, place):
    """To a server that only accepts: the connection comes, and nothing is asked on it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(20)
        origin = f"http://127.0.0.1:{other.getsockname()[1]}"
        attributes = f'data-ak-pxl-domain="{origin}"' if place == "script" else ""
        script = "" if attributes else f"<script>new AkUnsub({{pxl_domain: '{origin}'}})</script>"
        preconnecting_page.goto(site.add(sdk_tag(endpoint, attributes) + script))

        connection, _ = other.accept()

        connection.close()
    links = preconnecting_page.locator("link[rel=preconnect]")
    found = [(one.get_attribute("href"), one.get_attribute("crossorigin")) for one in links.all()]
    assert found.count((origin, "")) == 1


MODULES = [
    ("{endpoint}/ak_list_unsubscribe.mjs", "dist"),
    ("/sdk/src/module.js", "unbundled"),
]


@pytest.mark.parametrize("source", [row[0] for row in MODULES], ids=[row[1] for row in MODULES])
def test_the_es_module_works_too(engine, page, site, endpoint, source):
    url = source.format(endpoint=endpoint.url)
    script = f"""<script type="module">
      import {{ AkUnsub, AkUnsubError }} from '{url}?id={SCRIPT_ID}';
      const akUnsub = new AkUnsub({{ pxl_domain: '{endpoint.url}' }});
      document.getElementById('m').onclick = () => watch(akUnsub.confirmUnsub('{SMID}'));
      document.getElementById('n').onclick = () => watch(akUnsub.confirmUnsub('').catch(
        (error) => [error instanceof AkUnsubError, AkUnsub === window.AkUnsub]));
      log('ready', 0);</script>"""
    page.goto(site.add('<button id="m">Leave</button><button id="n">Nobody</button>' + script))
    logged(page, "ready")

    press(engine, page, "#m")
    logged(page, "resolved")
    press(engine, page, "#n")

    assert logged(page, "resolved", 2) == [UNSUBSCRIBED, [True, True]]
    assert endpoint.calls()[0]["request"]["method"] == "POST"
