"""What playground.html does: it runs the steps as the body of an async function."""

import asyncio

from pyscript import document, when, window

from akunsub import AkUnsub, AkUnsubError

SMID = "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"  # of the built-in sample

printed = document.querySelector("#printed")
button = document.querySelector("#run")
smid = window.URLSearchParams.new(window.location.search).get("smid") or SMID


def show(*values):
    printed.append(" ".join([str(value) for value in values]) + "\n")


async def run_steps(text):
    lines = ["async def steps():", "    pass"] + ["    " + line for line in text.split("\n")]
    space = {"AkUnsub": AkUnsub, "AkUnsubError": AkUnsubError, "print": show, "smid": smid}
    button.disabled = True
    printed.replaceChildren()
    try:
        exec("\n".join(lines), space)
        await space["steps"]()
        show("Done.")
    except Exception as error:
        show(type(error).__name__ + ":", error)
    finally:
        button.disabled = False


@when("click", "#run")
def run(event):
    asyncio.create_task(run_steps(document.querySelector("#steps").value))


button.disabled = False
document.querySelector("#python").textContent = "Python is ready."
document.documentElement.dataset.python = "ready"
