"""One unsubscribe page that is as it should be, and what can be wrong with it, rule by rule."""

from __future__ import annotations

from akunsub.verify.survey import SMID
from tests.verify.page_parts import (
    BODY,
    CONFIRM,
    HEAD,
    OWN_CONFIRM,
    POST,
    PXL,
    SCRIPT,
    SDK,
    body,
    build,
    changed,
    inside,
    own,
    script,
    short,
    write,
)

__all__ = ["BROKEN", "CLEAN", "PXL", "write"]

CLEAN = build()
# By the rule that it is about; what else it breaks follows from that.
BROKEN = {
    "sdk-found": build(
        "sdk-found", "confirm-arrives", "cancel-works", sdk="", body=short(CONFIRM, OWN_CONFIRM)
    ),
    "confirm-found": build(
        "confirm-found",
        body="<main><h1>Unsubscribe</h1><p>Write to leave@example.com.</p></main>",
        script="",
    ),
    "confirm-arrives": build(
        "confirm-arrives",
        body=short(CONFIRM, OWN_CONFIRM),
        script=SCRIPT
        + "find('own').onclick = () => new AkUnsub().confirmUnsub('fSomebodyElse').catch(() => 0);",
    ),
    "second-press": build("second-press", script=script("'You had left already.'", "''")),
    "no-errors": build("no-errors", script=SCRIPT + "undefined.broken();"),
    "integrity": build(
        "integrity",
        "sdk-found",
        "confirm-arrives",
        "cancel-works",
        sdk=changed(SDK, "></", ' integrity="sha384-AAAA" crossorigin></'),
    ),
    "cancel-works": build(
        "cancel-works", body=body('data-ak-unsub="cancel"', 'type="button" name="stay"')
    ),
    "success-after-answer": build(
        "success-after-answer", script=script("say('Sending …')", "say('You are unsubscribed.')")
    ),
    "failure-shown": build(
        "failure-shown",
        "refusal-shown",
        script=script("say('Not done: ' + detail.error.code + '. Write to us.')", "say('')"),
    ),
    "refusal-shown": build(
        "refusal-shown",
        script=script("detail.error.code", "(detail.error.error ? 0 : detail.error.code)").replace(
            "say('Not done", "detail.error.code === 'prevented' ? say('') : say('Not done"
        ),
    ),
    "way-out": build(
        "way-out",
        body=body('<a href="mailto:leave@example.com">Write to us</a>', "Wait"),
    ),
    "no-call-by-itself": build(
        "no-call-by-itself",
        script=SCRIPT + f"setTimeout(() => fetch('{PXL}/unsub/confirm', {{ method: 'POST',"
        " body: new URLSearchParams({ smid, id: ID }) }), 50000);",
    ),
    "no-scripted-press": build(
        "no-scripted-press",
        sdk=changed(SDK, "<script ", '<script data-ak-require-gesture="false" '),
        body=short(CONFIRM, OWN_CONFIRM),
        script=SCRIPT + "find('own').onclick = () => new AkUnsub().confirmUnsub(smid);",
    ),
    "safe-to-fetch": build(
        "safe-to-fetch",
        body=BODY + f'<noscript><a href="{PXL}/unsub/confirm?smid={SMID}&amp;id=MXw3Mw==">'
        "Leave without script</a></noscript>",
    ),
    "no-prerendered-call": build(
        "no-prerendered-call",
        script=SCRIPT + f"if (document.hidden) fetch('{PXL}/unsub/confirm', {{ method: 'POST',"
        " body: new URLSearchParams({ smid, id: ID }) });",
    ),
    "csp-allows": build(
        "csp-allows",
        "confirm-arrives",
        "cancel-works",
        head=HEAD + '<meta http-equiv="Content-Security-Policy" content="connect-src \'none\'">',
    ),
    "passes-blocklists": own(
        """const sent = navigator.sendBeacon(URL_, fields());
        setTimeout(() => fetch(PXL + '/unsub/state?smid=' + smid).then((a) => a.json())
          .then((a) => outcome(a.status === 'unsubscribed' ? a : { error: 1, error_text: 'no' }))
          .catch(failed), 300);""",
        "passes-blocklists",
        "tried-again",
        "delivered-later",
    ),
    "tried-again": own(
        "localStorage.wish = '1'; keep();",
        "tried-again",
        more="const keep = () => fetch(URL_, { method: 'POST', body: fields(), keepalive: true })"
        ".then((a) => a.json()).then((a) => { delete localStorage.wish; outcome(a); }, failed);"
        "if (localStorage.wish) keep();",
    ),
    "delivered-later": own(
        "let tries = 0; const send = () => { tries += 1; const stop = new AbortController();"
        "setTimeout(() => stop.abort(), 5000); fetch(URL_, { method: 'POST', body: fields(),"
        " keepalive: true, signal: stop.signal }).then((a) => a.ok || a.status < 500 ? a.json() :"
        " Promise.reject()).then(outcome).catch(() => tries < 5 ? setTimeout(send, 1000) :"
        " failed()); }; send();",
        "delivered-later",
    ),
    "survives-leaving": own(
        POST % ("", "failed"), "survives-leaving", "delivered-later", "tried-again"
    ),
    "outcome-announced": build("outcome-announced", body=body('role="status" ', "")),
    "axe": build("axe", body=inside('<img src="data:,">')),
    "keyboard": build(
        "keyboard",
        body=body(CONFIRM, CONFIRM.replace("<button", '<button tabindex="-1"')),
    ),
    "reflow": build("reflow", body=inside('<p style="width: 500px">…</p>')),
    "zoom": build(
        "zoom",
        body=inside(
            '<p style="position: fixed; bottom: 0; left: 0; right: 0; height: 380px;'
            ' margin: 0; background: #ddd">We like cookies</p>'
        ),
    ),
    "language": build("language", "axe", lang=""),
    "no-obstacles": build(
        "no-obstacles",
        body=body(CONFIRM, '<label>Your e-mail <input name="mail" required></label>' + CONFIRM),
    ),
    "timer-quiet": build("timer-quiet", body=body('role="timer"', 'role="status"')),
    "nothing-pre-ticked": build(
        "nothing-pre-ticked",
        body=body(
            "<section", '<label><input type="checkbox" checked> Keep me informed</label><section'
        ),
    ),
    "equal-weight": build(
        "equal-weight",
        body=body(
            CONFIRM,
            CONFIRM.replace("<button", '<button style="font-size: 10px"')
            + '<a href="/" style="font-size: 24px">Keep my subscription</a>',
        ),
    ),
    "one-page": build(
        "one-page", "confirm-arrives", body=short(CONFIRM, '<a href="sure.html">Unsubscribe</a>')
    ),
    "no-api-token": build(
        "no-api-token", script=SCRIPT + "const api = { token: '0123456789abcdef0123456789abcdef' };"
    ),
    "smid-private": build(
        "smid-private",
        script=SCRIPT
        + "fetch(`//localhost:${location.port}/clean.html?for=${smid}`, { mode: 'no-cors' });",
    ),
    "https": build("https", sdk=changed(SDK, "https:", "http:")),
    "noindex": build("noindex", head=changed(HEAD, "noindex", "index")),
    "referrer-policy": build("referrer-policy", head=changed(HEAD, "no-referrer", "unsafe-url")),
    "strict-csp": build("strict-csp", body=inside("<script>window.inline = 1;</script>")),
    "late-script": build(
        "late-script",
        sdk="",
        body=short(CONFIRM, OWN_CONFIRM),
        script=SCRIPT
        + """const late = document.createElement('script');
        let isLate = false;
        setTimeout(() => { isLate = true; }, 900);
        late.src = PXL + '/ak_list_unsubscribe.js?id=' + ID;
        late.onload = () => {
          if (isLate) return;
          const unsub = new AkUnsub();
          find('own').onclick = () => { say('Sending …'); unsub.confirmUnsub(smid); };
        };
        document.head.append(late);""",
    ),
    "nothing-ticked": build(
        "nothing-ticked",
        body=body('<form data-ak-unsub="confirm">', '<form id="some">'),
        script=SCRIPT
        + """find('some').addEventListener('submit', (event) => {
          event.preventDefault();
          const names = new FormData(event.target).getAll('categories');
          new AkUnsub().confirmUnsub(smid, names.length ? names : undefined);
        });""",
    ),
    "back-forward": build(
        "back-forward",
        script=SCRIPT
        + "addEventListener('pagehide', () => document.querySelector('[data-ak-unsub]').remove());",
    ),
    "timer-end": build(
        "timer-end",
        script=script("find('pending').hidden = true; }", "}").replace(
            "'. Write to us.')", "'. Write to us.')"
        )
        + "document.addEventListener('akunsub:error', ({ detail }) => {"
        " if (detail.error.code === 'too_late') say('You stay subscribed.'); });",
    ),
}
