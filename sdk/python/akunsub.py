"""
The browser's ``AkUnsub``, for Python that runs in the page.

One file, for PyScript on MicroPython and on Pyodide, and for CPython's tests with a ``js`` module
of their own. It needs ``window.AkUnsub``: load ak_list_unsubscribe.js before the page's Python.

    sdk = AkUnsub()
    try:
        result = await sdk.confirm_unsub(smid, ["news"])
    except AkUnsubError as error:
        print(error.code)
"""

# MicroPython has no typing, no dataclasses and no __future__.
import js

try:
    from pyodide.ffi import to_js as _pyodide_to_js
except ImportError:
    _pyodide_to_js = None
try:
    from jsffi import to_js as _micropython_to_js
except ImportError:
    _micropython_to_js = None

__all__ = ["AkUnsub", "AkUnsubError", "AkUnsubResult"]


class AkUnsubError(Exception):
    """
    A call came to nothing.

    Attributes:
        code: One word for what was wrong, see sdk/akunsub.d.ts; "not_loaded": window.AkUnsub is
            missing. None: it was no error of the SDK's.
        error: The endpoint's number; None: it said none.
        error_text: The endpoint's own words; None: it said none.
        saved: With "unreachable": it is tried again later. Else None.
    """

    def __init__(self, message, code=None, error=None, error_text=None, saved=None):
        super().__init__(message)
        self.message = message
        self.code = code
        self.error = error
        self.error_text = error_text
        self.saved = saved


class AkUnsubResult:
    """
    What the endpoint answered.

    Attributes:
        status: "unsubscribed", "pending", "subscribed" or another word of the platform's.
        already: It was so before.
        profile_id: 24 hexadecimal digits.
        categories: API names of all that the person has left, a list.
        seconds_left: Until "pending" becomes "unsubscribed"; else 0.
    """

    def __init__(self, told):
        self.status = told.status
        self.already = bool(told.already)
        self.profile_id = told.profile_id
        self.categories = [str(name) for name in told.categories]
        self.seconds_left = told.seconds_left

    def __repr__(self):
        """Tell all of it."""
        return (
            "AkUnsubResult(status={!r}, already={!r}, categories={!r}, seconds_left={!r})".format(
                self.status, self.already, self.categories, self.seconds_left
            )
        )


class AkUnsub:
    """
    The connection to the pixel endpoint.

    Args:
        options: Those of the JavaScript class: rtoken, pxl_domain, id, require_gesture. One that
            is None, or left out, comes from the script's tag and URL.

    Raises:
        AkUnsubError: window.AkUnsub is missing, code "not_loaded".
    """

    def __init__(self, **options):
        if getattr(js, "AkUnsub", None) is None:
            raise AkUnsubError(
                "window.AkUnsub is missing: load ak_list_unsubscribe.js before this script",
                "not_loaded",
            )
        given = {name: value for name, value in options.items() if value is not None}
        self._sdk = js.AkUnsub.new(_to_js(given))

    async def confirm_unsub(self, smid, categories=None):
        """
        Confirm the unsubscription.

        Args:
            smid: Send message ID, as the page's URL has it.
            categories: API names of what to leave; None: everything. An empty list is rejected.

        Returns:
            An AkUnsubResult.

        Raises:
            AkUnsubError: It came to nothing.
            TypeError: categories is one string.
        """
        return await self._call("confirmUnsub", smid, categories)

    async def cancel_unsub(self, smid, categories=None):
        """Take it back, while the timer runs; the same as for confirm_unsub otherwise."""
        return await self._call("cancelUnsub", smid, categories)

    #: As the JavaScript class calls them.
    confirmUnsub = confirm_unsub
    cancelUnsub = cancel_unsub

    async def _call(self, name, smid, categories):
        arguments = [smid]
        if categories is not None:
            if isinstance(categories, str):
                raise TypeError("categories is a list of names, not one name")
            arguments.append(_to_js([str(one) for one in categories]))
        try:
            told = await getattr(self._sdk, name)(*arguments)
        except Exception as error:
            raise _as_our_error(error) from None
        return AkUnsubResult(told)


def _as_our_error(error):
    """Return *error* as ours if it is JavaScript's, which both interpreters call the same."""
    if type(error).__name__ != "JsException":
        return error
    told = error.args[0] if error.args else None
    fields = [_field(told, name) for name in ("code", "error", "error_text", "saved")]
    return AkUnsubError(str(_field(told, "message") or told), *fields)


def _field(told, name):
    value = getattr(told, name, None)
    # What JavaScript has no value for is an object of its own on Pyodide.
    return None if type(value).__name__ in ("JsNull", "JsUndefined") else value


def _to_js(value):
    """Return *value*, a dict or a list, as a plain object or an Array."""
    if _pyodide_to_js is not None:
        return _pyodide_to_js(value, dict_converter=js.Object.fromEntries)
    if _micropython_to_js is not None:
        return _micropython_to_js(value)
    return value
