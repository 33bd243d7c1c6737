"""The platform's facts as numbered vectors: those that need a browser."""

from __future__ import annotations

import pytest
from flask import Flask, Response, request

from akunsub.pixel.server import Server
from akunsub.verify.engines import press
from tests.browser.pages import CONFIRM, SUCCESS, button, logged, sdk_tag, watched
from tests.conftest import RTOKEN, SCRIPT_ID, SMID


@pytest.mark.parametrize(
    ("status", "body", "is_final"),
    [
        (400, '{"error":400}', True),
        (401, '{"error":401}', True),
        (403, '{"error":403}', True),
        (404, '{"error":404}', True),
        (500, "", False),
        (502, "", False),
        (503, "", False),
        (599, "", False),
        # The platform's mobile SDKs call this success, and 429 final; the former tells a person
        # what did not happen, the latter loses a click.
        (200, '{"error":400,"error_text":"no"}', True),
        (429, "", False),
    ],
)
def test_vector_22_c_which_answers_are_final(engine, page, site, endpoint, status, body, is_final):
    """The second answer is a success: only who tries again hears it."""
    app = Flask("tests.stub")
    request_ids = []

    @app.post("/unsub/confirm")
    def confirm():
        request_ids.append(request.form["request_id"])
        answer = (body, status) if len(request_ids) == 1 else (SUCCESS, 200)
        return Response(*answer, headers={"Access-Control-Allow-Origin": "*"})

    with Server(app) as stub:
        call = f"new AkUnsub({{pxl_domain: '{stub.url}'}}).confirmUnsub('{SMID}')"
        page.goto(site.add(sdk_tag(endpoint) + button(watched(call))))
        press(engine, page, "#b")
        if is_final:
            assert logged(page, "rejected")[0]["code"] == "refused"
        else:
            assert logged(page, "resolved")[0]["status"] == "unsubscribed"

    assert (len(request_ids), len(set(request_ids))) == (1 if is_final else 2, 1)


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
