"""
What the pages of this folder's tests are made of.

Each is a document and its script, which is a file beside it.
"""

from __future__ import annotations

from typing import NamedTuple

PXL = "https://pxl.example"  # nobody has it: what is sent there arrives at the check's endpoint
HEAD = """<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,"><title>Unsubscribe</title>"""
SDK = f'<script src="{PXL}/ak_list_unsubscribe.js?id=MXw3Mw=="></script>'
CONFIRM = '<button data-ak-unsub="confirm">Unsubscribe</button>'
CANCEL = '<button data-ak-unsub="cancel">Stay subscribed</button>'
BODY = f"""<main><h1>Unsubscribe</h1><div role="status" id="status"></div>
{CONFIRM}
<form data-ak-unsub="confirm"><fieldset><legend>Or stop only some of it</legend>
<label><input type="checkbox" name="categories" value="news" checked> News</label>
<label><input type="checkbox" name="categories" value="offers"> Offers</label></fieldset>
<button>Stop these</button></form>
<section id="pending" hidden><p>Time left: <span role="timer" id="left"></span></p>
{CANCEL}</section>
<p>Trouble? <a href="mailto:leave@example.com">Write to us</a>.</p></main>"""
TOLD = "result.already ? 'You had left already.' : result.status === 'unsubscribed' ?"
SCRIPT = f"""const find = (id) => document.getElementById(id);
const say = (text) => {{ find('status').textContent = text; }};
const smid = new URLSearchParams(location.search).get('smid');
const ID = 'MXw3Mw==', PXL = '{PXL}';
let ticking;
const show = ({{ status, seconds_left }}) => {{
  clearInterval(ticking);
  find('pending').hidden = status !== 'pending';
  if (status !== 'pending') return;
  const end = Date.now() + seconds_left * 1000;
  ticking = setInterval(() => {{
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    find('left').textContent = left + ' s';
    if (left === 0) {{ clearInterval(ticking); find('pending').hidden = true; }}
  }}, 1000);
}};
fetch('{PXL}/unsub/state?smid=' + smid).then((answer) => answer.json()).then(show, () => 0);
addEventListener('click', (event) => {{ if (event.target.dataset.akUnsub) say('Sending …'); }});
addEventListener('submit', () => say('Sending …'));
document.addEventListener('akunsub:result', ({{ detail: {{ action, result }} }}) => {{
  show(result);
  say(action === 'cancel' ? 'You stay subscribed.' : {TOLD}
    'You are unsubscribed.' : 'Your choice is stored.');
}});
document.addEventListener('akunsub:error', ({{ detail }}) =>
  say('Not done: ' + detail.error.code + '. Write to us.'));
"""
# Without the choice of some of it.
SHORT = BODY[: BODY.index("<form")] + BODY[BODY.index("<section") :]
OWN_CONFIRM = '<button id="own">Unsubscribe</button>'
# What a page that does without the SDK's delivery still does right.
OWN = """
const outcome = (answer) => answer.error ? say('Not done: ' + answer.error_text)
  : say(answer.already ? 'You had left already.' : 'You are unsubscribed.');
const failed = () => say('Not done. Write to us.');
const fields = () => new URLSearchParams({ smid, id: ID });
const URL_ = PXL + '/unsub/confirm';
find('own').addEventListener('click', (event) => {
  if (!event.isTrusted) return;
  say('Sending …');
  own();
});
"""


class Page(NamedTuple):
    """
    A page, and what is wrong with it.

    Attributes:
        html: The document; "{name}" in it is the name of its script.
        script: Of the page.
        rules: The ids of the rules that it breaks.
    """

    html: str
    script: str
    rules: frozenset[str]


def build(*rules, lang='lang="en"', head=HEAD, sdk=SDK, body=BODY, script=SCRIPT):
    html = f"""<!doctype html><html {lang}><head>{head}{sdk}
<script src="{{name}}.js" defer></script></head><body>{body}</body></html>"""
    return Page(html, script, frozenset(rules))


def write(folder, name, page):
    """Store *page* as ``name.html`` and ``name.js``."""
    path = folder / f"{name}.html"
    path.write_text(page.html.replace("{name}", name), encoding="utf-8")
    (folder / f"{name}.js").write_text(page.script, encoding="utf-8")
    return path


def changed(text, old, new):
    assert old in text, old
    return text.replace(old, new)


def body(old, new):
    return changed(BODY, old, new)


def inside(more):
    """*more* at the end of the page's <main>."""
    return body("</main>", f"{more}</main>")


def short(old, new):
    return changed(SHORT, old, new)


def script(old, new):
    return changed(SCRIPT, old, new)


def own(send, *rules, more=""):
    """A page that sends by itself: *send* is the body of a function, *more* comes after it."""
    return build(
        *rules,
        body=short(CONFIRM, OWN_CONFIRM),
        script=f"{SCRIPT}{OWN}const own = () => {{ {send} }};{more}",
    )


POST = "fetch(URL_, { method: 'POST', body: fields()%s }).then((a) => a.json()).then(outcome, %s)"
