"""One unsubscribe page that is as it should be, and what can be wrong with it, rule by rule."""

from __future__ import annotations

PXL = "https://pxl.example"  # nobody has it: what is sent there arrives at the check's endpoint
HEAD = """<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,"><title>Unsubscribe</title>"""
SDK = f'<script src="{PXL}/ak_list_unsubscribe.js?id=MXw3Mw=="></script>'
BODY = """<main><h1>Unsubscribe</h1><p role="status" id="status"></p>
<button data-ak-unsub="confirm">Unsubscribe</button>
<p>Trouble? <a href="mailto:leave@example.com">Write to us</a>.</p></main>"""
SCRIPT = """const say = (text) => { document.getElementById('status').textContent = text; };
addEventListener('click', (event) => { if (event.target.dataset.akUnsub) say('Sending …'); });
document.addEventListener('akunsub:result', ({ detail }) =>
  say(detail.result.already ? 'You had left already.' : 'You are unsubscribed.'));
document.addEventListener('akunsub:error', ({ detail }) =>
  say('Not done: ' + detail.error.code + '. Write to us.'));"""


def build(*, lang='lang="en"', head=HEAD, sdk=SDK, body=BODY, script=SCRIPT):
    return f"""<!doctype html><html {lang}><head>{head}{sdk}</head>
<body>{body}<script>{script}</script></body></html>"""


CLEAN = build()
# Rule → a page that breaks it.
BROKEN = {
    "sdk-found": build(sdk=""),
    "confirm-found": build(
        body=BODY.replace(
            '<button data-ak-unsub="confirm">Unsubscribe</button>', "<p>Write to us to leave.</p>"
        )
    ),
    "confirm-arrives": build(
        body=BODY.replace('data-ak-unsub="confirm"', 'onclick="leave()"'),
        script=SCRIPT + "const leave = () => new AkUnsub().confirmUnsub('fSomebodyElse');",
    ),
    "second-press": build(
        script=SCRIPT.replace(
            "detail.result.already ? 'You had left already.' : 'You are unsubscribed.'",
            "detail.result.already ? '' : 'You are unsubscribed.'",
        )
    ),
    "no-errors": build(script=SCRIPT + "undefined.broken();"),
    "success-after-answer": build(script=SCRIPT.replace("'Sending …'", "'You are unsubscribed.'")),
    "failure-shown": build(
        script="addEventListener('click', (event) => { if (event.target.dataset.akUnsub)"
        " document.getElementById('status').textContent = 'You are unsubscribed.'; });"
    ),
    "refusal-shown": build(
        script=SCRIPT.replace("'Not done: ' + detail.error.code + '. Write to us.'", "''")
    ),
    "way-out": build(
        body=BODY.replace('<a href="mailto:leave@example.com">Write to us</a>', "Wait")
    ),
    "no-call-by-itself": build(
        sdk=SDK.replace("<script ", '<script data-ak-require-gesture="false" '),
        script=SCRIPT + "setTimeout(() => new AkUnsub().confirmUnsub("
        "new URLSearchParams(location.search).get('smid')), 5000);",
    ),
    "no-scripted-press": build(
        sdk=SDK.replace("<script ", '<script data-ak-require-gesture="false" '),
        body=BODY.replace('data-ak-unsub="confirm"', 'onclick="leave()"'),
        script=SCRIPT + "const leave = () => new AkUnsub().confirmUnsub("
        "new URLSearchParams(location.search).get('smid'));",
    ),
    "outcome-announced": build(body=BODY.replace('role="status" ', "")),
    "axe": build(body=BODY + '<img src="data:,">'),
    "keyboard": build(
        body=BODY.replace("<button", '<span role="button"').replace("</button>", "</span>")
    ),
    "reflow": build(body=BODY + '<p style="width: 700px">…</p>'),
    "language": build(lang=""),
    "no-obstacles": build(
        body=BODY.replace(
            "<button", '<label>Your e-mail <input name="mail" required></label><button'
        )
    ),
    "noindex": build(head=HEAD.replace('<meta name="robots" content="noindex">', "")),
    "referrer-policy": build(head=HEAD.replace("no-referrer", "unsafe-url")),
}
