// Before all of the page's own scripts: what it sends to any pixel host arrives at the endpoint
// here, so that nobody is unsubscribed for real; and the page is loaded again when a file changes.
"use strict";
{
  const { endpoint, changes: seen } = document.currentScript.dataset;
  const CALL = /^\/unsub\/(confirm|cancel|state)$/;

  const led = (url) => {
    if (!URL.canParse(url, document.baseURI)) return url;
    const { origin, pathname, search } = new URL(url, document.baseURI);
    return CALL.test(pathname) && origin !== endpoint ? endpoint + pathname + search : url;
  };

  const { fetch, XMLHttpRequest, navigator } = window;
  // Firefox and WebKit take no body over from another request.
  const fetchLed = async (url, { method, headers, mode, credentials, keepalive, signal }, body) =>
    fetch(url, { method, headers, mode, credentials, keepalive, signal, body: await body });
  window.fetch = function (what, ...more) {
    if (!(what instanceof Request)) return fetch.call(this, led(what), ...more);
    const url = led(what.url);
    if (url === what.url) return fetch.call(this, what, ...more);
    const asked = new Request(what, ...more);
    return fetchLed(url, asked, /^(GET|HEAD)$/.test(asked.method) ? undefined : asked.blob());
  };
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...more) {
    return open.call(this, method, led(url), ...more);
  };
  const { sendBeacon } = navigator;
  navigator.sendBeacon = (url, ...more) => sendBeacon.call(navigator, led(url), ...more);
  const leadAttribute = (element, name) => {
    const url = element?.getAttribute(name);
    if (url) element.setAttribute(name, led(url));
  };
  const leadForm = (form) => leadAttribute(form, "action");
  addEventListener("submit", (event) => {
    leadForm(event.target);
    leadAttribute(event.submitter, "formaction");
  }, true);
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function () {
    leadForm(this);
    return submit.call(this);
  };

  // Only while somebody looks: browsers have few connections for one origin, and one that is open
  // keeps a page out of the back/forward cache.
  let changes;
  const listen = () => {
    changes?.close();
    if (seen === undefined || document.hidden) return;
    changes = new EventSource(`/_akunsub/changes?since=${seen}`);
    changes.addEventListener("change", () => location.reload());
  };
  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => changes?.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
}
