"""A ``js`` module for CPython: as much of a browser as the binding looks at."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace


class JsException(Exception):  # noqa: N818  both interpreters call it so
    """What a rejected promise raises; its first argument is what it was rejected with."""


class FakeSdk:
    """``AkUnsub``, answering what it is told to; ``calls`` is what it was asked."""

    def __init__(self):
        self.calls = []
        self.answer = SimpleNamespace(
            status="unsubscribed", already=0, profile_id="6", categories=("a",), seconds_left=0
        )

    def new(self, options):
        self.calls.append(("new", options))
        return self

    async def _call(self, *asked):
        self.calls.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def confirmUnsub(self, *arguments):  # noqa: N802
        return self._call("confirmUnsub", *arguments)

    def cancelUnsub(self, *arguments):  # noqa: N802
        return self._call("cancelUnsub", *arguments)


def fake_js(sdk):
    """Return the module, with *sdk* in it, or without one: ``None``."""
    js = ModuleType("js")
    if sdk is not None:
        js.AkUnsub = sdk
    return js
