"""
A real pointer and keyboard for one window of an X display, through the XTEST extension.

For the browser these are a person's: what the page gets is trusted.
https://www.x.org/releases/X11R7.7/doc/xextproto/xtest.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Playwright's names of keys (KeyboardEvent.key and .code) that X names otherwise.
_KEYSYMS = {
    "ArrowDown": "Down",
    "ArrowLeft": "Left",
    "ArrowRight": "Right",
    "ArrowUp": "Up",
    "Control": "Control_L",
    "Enter": "Return",
    "Shift": "Shift_L",
    " ": "space",
    "Space": "space",
}


class Window:
    """
    The window that process *pid* shows on *display*.

    Raises:
        LookupError: It shows none, yet.
    """

    def __init__(self, display: str, pid: int) -> None:
        from Xlib.display import Display

        self._display = Display(display)
        # A page may close its window at any time. What waits for an answer of X raises then; the
        # rest would be told on stderr.
        self._display.set_error_handler(lambda *_: None)
        try:
            self._window = _window_of(self._display, pid)
        except LookupError:
            self._display.close()
            raise

    def resize(self, width: int, height: int) -> None:
        self._window.configure(width=width, height=height)
        self._display.sync()

    def click(self, x: float, y: float, *, times: int = 1) -> None:
        """
        Click the left button at *x*, *y*, in pixels from the window's top left corner.

        Raises:
            OSError: The window is gone.
        """
        from Xlib import X
        from Xlib.error import XError
        from Xlib.ext import xtest

        self._bring_to_front()
        try:
            origin = self._window.translate_coords(self._display.screen().root, 0, 0)
        except XError as error:
            raise OSError("the page has closed its window") from error
        # translate_coords tells where the root's corner is for the window: the negative.
        screen_x, screen_y = round(x) - origin.x, round(y) - origin.y
        xtest.fake_input(self._display, X.MotionNotify, x=screen_x, y=screen_y)
        for _ in range(times):
            xtest.fake_input(self._display, X.ButtonPress, 1)
            xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()

    def press_key(self, key: str) -> None:
        """
        Press and release *key*.

        Args:
            key: As for Playwright's ``keyboard.press``: ``"Enter"``, ``"Space"``, ``"Shift+Tab"``.

        Raises:
            ValueError: The keyboard has no such key, or ``Shift+`` is needed for it.
        """
        from Xlib import X
        from Xlib.ext import xtest

        codes = [self._keycode(name) for name in (key.split("+") if len(key) > 1 else [key])]
        self._bring_to_front()
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def close(self) -> None:
        self._display.close()

    def _bring_to_front(self) -> None:
        """No window manager runs on our own display: nothing else gives a window the keyboard."""
        from Xlib import X

        self._window.configure(stack_mode=X.Above)
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()

    def _keycode(self, name: str) -> int:
        from Xlib import XK

        keysym = XK.string_to_keysym(_KEYSYMS.get(name, name))
        code: int = self._display.keysym_to_keycode(keysym)
        if not keysym or self._display.keycode_to_keysym(code, 0) != keysym:
            raise ValueError(f"no such key: {name!r}")
        return code


# python-xlib has no types: what it gives is Any.


def _window_of(display: Any, pid: int) -> Any:  # noqa: ANN401
    from Xlib import X

    owner = display.intern_atom("_NET_WM_PID")
    for window in _windows(display.screen().root):
        value = window.get_full_property(owner, X.AnyPropertyType)
        is_shown = window.get_attributes().map_state == X.IsViewable
        if value and value.value[0] == pid and is_shown:
            return window
    raise LookupError(f"process {pid} shows no window")


def _windows(parent: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give all windows below *parent*: a window manager puts them into frames of its own."""
    for window in parent.query_tree().children:
        yield window
        yield from _windows(window)
