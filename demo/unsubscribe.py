"""What pyscript.html does: MicroPython in the page, the SDK for what is sent."""

import asyncio

from pyscript import document, when, window

from akunsub import AkUnsub, AkUnsubError, AkUnsubResult

PXL = "http://127.0.0.1:8025"

TROUBLE = {
    "bad_smid": ("This link is not complete", "Open it again from the message."),
    "no_categories": ("Nothing is ticked yet", "Tick what should stop, or choose everything."),
    "no_gesture": ("Please press the button", "Nothing was changed."),
    "too_late": ("The time to change your mind is over", "You are unsubscribed."),
    "unreachable": (
        "Not done: we could not reach our server",
        "Check your connection and press again, or write to us.",
    ),
}
SAVED = (
    "Not done yet: we could not reach our server",
    "Your wish is kept on this device; we go on trying. If you cannot wait, write to us.",
)

form = document.querySelector("#choice")
kinds = document.querySelector("#kinds")
outcome = document.querySelector("#outcome")
pending = document.querySelector("#pending")
smid = window.URLSearchParams.new(window.location.search).get("smid") or ""
form.querySelector("input[name=smid]").value = smid
sdk = AkUnsub()


def say(kind, heading, text):
    outcome.className = kind
    parts = []
    for tag, words in (("h2", heading), ("p", text)):
        part = document.createElement(tag)
        part.textContent = words
        parts.append(part)
    outcome.replaceChildren(*parts)


def choice():
    """Return the API names that are ticked; None: everything."""
    if form.querySelector("input[value=everything]").checked:
        return None
    boxes = kinds.querySelectorAll("input[type=checkbox]")
    return [box.value for box in boxes if box.checked]


def title_of(name):
    box = kinds.querySelector("input[value='" + name + "']")
    return box.parentNode.textContent.strip() if box else name


def tell(result, asked):
    already = " already" if result.already else ""
    pending.hidden = result.status != "pending"
    form.hidden = result.status in ("unsubscribed", "pending")
    if result.status == "unsubscribed":
        say("good", "You are" + already + " unsubscribed", "We send you nothing more.")
    elif result.status == "pending":
        minutes = (result.seconds_left + 59) // 60
        say("good", "You will be unsubscribed", "In " + str(minutes) + " minutes.")
    elif asked and set(asked) <= set(result.categories):
        names = ", ".join([title_of(name) for name in result.categories])
        say("good", "Your choice is" + already + " saved", "We no longer send you: " + names + ".")
    else:
        say("good", "You stay subscribed", "Nothing changes for you.")


async def send(call, asked=None):
    say("", "Sending …", "")
    try:
        result = await call(smid, asked)
    except AkUnsubError as error:
        words = TROUBLE.get(error.code, ("This did not work", error.error_text or error.message))
        say("bad", *(SAVED if error.saved else words))
    else:
        tell(result, asked)


async def show_state():
    """Show where the person stands; a press may have come before Python did."""
    url = PXL + "/unsub/state?smid=" + window.encodeURIComponent(smid)
    try:
        told = await (await window.fetch(url)).json()
    except Exception:
        return  # the form is there all the same
    if told.error == 0 and told.status in ("unsubscribed", "pending"):
        tell(AkUnsubResult(told), None)


# Not async itself: the form would have gone by the time that it runs.
@when("submit", "#choice")
def leave(event):
    event.preventDefault()
    asyncio.create_task(send(sdk.confirm_unsub, choice()))


@when("click", "#stay")
def stay(event):
    asyncio.create_task(send(sdk.cancel_unsub))


@when("change", "#choice")
def choose(event):
    kinds.disabled = form.querySelector("input[value=everything]").checked


kinds.disabled = form.querySelector("input[value=everything]").checked
form.removeAttribute("data-ak-unsub")  # from here on it is ours
if smid:
    asyncio.create_task(show_state())
document.querySelector("#python").textContent = "Python is ready."
document.documentElement.dataset.python = "ready"
