"""
Takes back the user gesture that Playwright pretends with every look at a page.

All its protocols run page functions "as by a person": every ``evaluate``, every locator, even
``page.title()`` turns ``navigator.userActivation.hasBeenActive`` on, and on stock Firefox the
mere opening of a page does (Chromium 156, Firefox ESR 153.7, WebKitGTK 2.50.6 with Playwright
1.65.2). A page that acts without a person could then not be told from one that waits for one.
The commands therefore pass through a relay of ours, which asks for the same without the gesture.
"""

from __future__ import annotations

import json

_PRETENCES = (
    "userGesture",  # Chrome DevTools Protocol, Runtime.callFunctionOn
    "emulateUserGesture",  # WebKit's inspector protocol, the same command
    "userActivation",  # WebDriver BiDi, script.callFunction and script.evaluate
)


def without_gesture(message: str) -> str:
    """Return *message*, one command to a browser as JSON, with no gesture pretended."""
    # The name may stand inside a page script as well: only the parameters are changed.
    if not any(name in message for name in _PRETENCES):
        return message
    command = json.loads(message)
    parameters = command.get("params", {})
    for name in _PRETENCES:
        if parameters.get(name) is True:
            parameters[name] = False
    # WebKit's commands to one page are a string within Target.sendMessageToTarget.
    if isinstance(parameters.get("message"), str):
        parameters["message"] = without_gesture(parameters["message"])
    return json.dumps(command)
