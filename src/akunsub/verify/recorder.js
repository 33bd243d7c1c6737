// What a page does that nobody sees from outside: how it sends, and what its policy forbade.
(() => {
  const seen = { sends: [], violations: [] };
  Object.defineProperty(window, '__akunsubSeen', { value: seen });
  addEventListener('securitypolicyviolation', (event) => {
    seen.violations.push({ directive: event.effectiveDirective, url: event.blockedURI });
  });
  const text = (body) => typeof body === 'string' || body instanceof URLSearchParams
    ? String(body)
    : body instanceof FormData ? [...body].map((pair) => pair.join('=')).join('&') : '';
  const note = (how, url, outlives, body) => {
    try {
      seen.sends.push({ how, url: new URL(url, location.href).href, outlives, body: text(body) });
    } catch (error) { /* the browser says what is wrong with the URL */ }
  };
  const around = (owner, name, before) => {
    const inner = owner[name];
    owner[name] = function (...args) {
      before.apply(this, args);
      return inner.apply(this, args);
    };
  };
  around(window, 'fetch', (input, init) => {
    const isRequest = input instanceof Request;
    note('fetch', isRequest ? input.url : input,
      Boolean(init && 'keepalive' in init ? init.keepalive : isRequest && input.keepalive),
      init && init.body);
  });
  around(Navigator.prototype, 'sendBeacon', (url, body) => note('sendBeacon', url, true, body));
  const asked = new WeakMap();
  around(XMLHttpRequest.prototype, 'open', function (method, url) { asked.set(this, url); });
  around(XMLHttpRequest.prototype, 'send', function (body) {
    note('XMLHttpRequest', asked.get(this), false, body);
  });
})();
