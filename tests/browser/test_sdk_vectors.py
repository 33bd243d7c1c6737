"""The platform's facts as numbered vectors: those that need a browser."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from akunsub.pixel.server import Server
from akunsub.verify.engines import press
from tests.browser.pages import CONFIRM, button, logged, sdk_tag, watched
from tests.conftest import RTOKEN, SCRIPT_ID, SMID


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, '{"error":400}', "refused"),
        (401, '{"error":401}', "refused"),
        (403, '{"error":403}', "refused"),
        (404, '{"error":404}', "refused"),
        (500, "", "unreachable"),
        (502, "", "unreachable"),
        (503, "", "unreachable"),
        (599, "", "unreachable"),
        # The platform's mobile SDKs call this success, and 429 final; the former tells a person
        # what did not happen, the latter loses a click.
        (200, '{"error":400,"error_text":"no"}', "refused"),
        (429, "", "unreachable"),
    ],
)
def test_vector_22_c_which_answers_are_final(engine, page, site, endpoint, status, body, code):
    app = Flask("tests.stub")

    @app.post("/unsub/confirm")
    def confirm():
        return Response(body, status, headers={"Access-Control-Allow-Origin": "*"})

    with Server(app) as stub:
        call = f"new AkUnsub({{pxl_domain: '{stub.url}'}}).confirmUnsub('{SMID}')"
        page.goto(site.add(sdk_tag(endpoint) + button(watched(call))))
        press(engine, page, "#b")
        (error,) = logged(page, "rejected")

    assert error["code"] == code


def test_vector_23_c_a_page_may_send_json_without_a_type_and_with_credentials(
    engine, page, site, endpoint
):
    """As the platform's web push SDK does: no preflight, and the answer can be read."""
    send = f"""
      const send = async () => {{
        const body = JSON.stringify({{smid: '{SMID}', id: '{SCRIPT_ID}'}});
        const answer = await fetch('{endpoint.url}/unsub/confirm',
          {{method: 'post', credentials: 'include', body: body}});
        return answer.json();
      }};"""
    page.goto(site.add(f"<script>{send}</script>" + button(watched("send()"))))

    press(engine, page, "#b")

    (answer,) = logged(page, "resolved")
    assert answer["status"] == "unsubscribed"
    (call,) = endpoint.calls()
    assert call["request"]["headers"]["Content-Type"].startswith("text/plain")


def test_vector_24_c_loading_it_twice_keeps_the_first_class(engine, page, site, endpoint):
    tag = sdk_tag(endpoint)
    keep = "<script>const first = AkUnsub;</script>"
    page.goto(site.add(tag + keep + tag + button(watched("Promise.resolve([first === AkUnsub])"))))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [[True]]


@pytest.mark.parametrize(
    "call",
    [
        CONFIRM,
        f"new AkUnsub().confirmUnsub('{SMID}')",
        f"new AkUnsub({{rtoken: '{RTOKEN}'}}).confirmUnsub('{SMID}')",
        f"AkUnsub.confirmUnsub('{SMID}', undefined)",
        f"AkUnsub.confirmUnsub('{SMID}', ['category_1'])",
        f"AkUnsub.confirmUnsub('{SMID}', [])",
    ],
)
def test_vector_25_d_both_forms_of_the_call(engine, page, site, endpoint, call):
    page.goto(site.add(sdk_tag(endpoint) + button(watched(call))))

    press(engine, page, "#b")

    if "[]" in call:
        assert logged(page, "rejected")[0]["code"] == "no_categories"
        assert endpoint.calls() == []
    else:
        result = logged(page, "resolved")[0]
        expected = "subscribed" if "category_1" in call else "unsubscribed"
        assert (result["status"], result["already"]) == (expected, False)
