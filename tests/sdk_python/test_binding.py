"""The binding for Python in the page, on CPython. In browsers: tests/browser/test_python.py."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT
from tests.sdk_python.fake_js import FakeSdk, JsException, fake_js


@pytest.fixture
def load(monkeypatch):
    """``load(sdk)``: the binding, on a page with that SDK."""

    def of(sdk):
        monkeypatch.setitem(sys.modules, "js", fake_js(sdk))
        path = ROOT / "sdk" / "python" / "akunsub.py"
        spec = importlib.util.spec_from_file_location("the_binding", path)
        binding = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(binding)
        return binding

    return of


@pytest.fixture
def sdk():
    return FakeSdk()


@pytest.fixture
def binding(load, sdk):
    return load(sdk)


def test_options_that_are_none_are_left_out(binding, sdk):
    binding.AkUnsub(rtoken="R", pxl_domain=None, require_gesture=False)

    assert sdk.calls == [("new", {"rtoken": "R", "require_gesture": False})]


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("confirm_unsub", "confirmUnsub"),
        ("confirmUnsub", "confirmUnsub"),
        ("cancel_unsub", "cancelUnsub"),
        ("cancelUnsub", "cancelUnsub"),
    ],
)
def test_a_call_is_the_sdks(binding, sdk, method, asked):
    result = asyncio.run(getattr(binding.AkUnsub(), method)("m"))

    assert sdk.calls[1:] == [(asked, "m")]
    assert vars(result) == {
        "status": "unsubscribed",
        "already": False,
        "profile_id": "6",
        "categories": ["a"],
        "seconds_left": 0,
    }
    assert repr(result) == (
        "AkUnsubResult(status='unsubscribed', already=False, categories=['a'], seconds_left=0)"
    )


@pytest.mark.parametrize("categories", [["a", "b"], ("a", "b"), (one for one in "ab")])
def test_categories_are_a_list(binding, sdk, categories):
    asyncio.run(binding.AkUnsub().confirm_unsub("m", categories))

    assert sdk.calls[1:] == [("confirmUnsub", "m", ["a", "b"])]


def test_none_ticked_is_not_everything(binding, sdk):
    asyncio.run(binding.AkUnsub().confirm_unsub("m", []))

    assert sdk.calls[1:] == [("confirmUnsub", "m", [])]


def test_one_name_is_no_list(binding, sdk):
    with pytest.raises(TypeError, match="a list of names"):
        asyncio.run(binding.AkUnsub().confirm_unsub("m", "news"))

    assert sdk.calls[1:] == []


def test_a_refusal_has_what_the_sdk_says(binding, sdk):
    told = SimpleNamespace(message="refused: no", code="refused", error=409, error_text="no")
    sdk.answer = JsException(told, "AkUnsubError", "refused: no")

    with pytest.raises(binding.AkUnsubError, match="refused: no") as raised:
        asyncio.run(binding.AkUnsub().cancel_unsub("m"))

    error = raised.value
    assert (error.code, error.error, error.error_text, error.saved) == ("refused", 409, "no", None)


@pytest.mark.parametrize("rejected_with", [(), ("a word",), (None,)])
def test_what_is_no_error_of_the_sdk_has_no_code(binding, sdk, rejected_with):
    sdk.answer = JsException(*rejected_with)

    with pytest.raises(binding.AkUnsubError) as raised:
        asyncio.run(binding.AkUnsub().confirm_unsub("m"))

    assert raised.value.code is None


def test_what_is_pythons_stays_as_it_is(binding, sdk):
    sdk.answer = ZeroDivisionError("x")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(binding.AkUnsub().confirm_unsub("m"))


def test_a_page_without_the_sdk_is_told(load):
    binding = load(None)

    with pytest.raises(binding.AkUnsubError, match=r"load ak_list_unsubscribe\.js") as raised:
        binding.AkUnsub()
    assert raised.value.code == "not_loaded"
