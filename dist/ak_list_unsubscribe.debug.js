/*! akunsub 0.1.0 | MIT */
(function () {
'use strict';

// sdk/src/config.js
// Where the settings come from: the script's own URL, then the data-ak-*
// attributes of its tag, then the constructor; the later one wins.

const NAMES = ['id', 'rtoken', 'pxl_domain', 'smid_param', 'require_gesture'];

// tag: the script's own, or {src} of the module. The file is one constant for
// every resource, so its URL is what tells them apart. It is looked at when
// the settings are needed, not while the script is evaluated.
const source = { tag: null };

// The origin that was connected to last.
let warmed;

function override(config, valueOf) {
  for (const name of NAMES) {
    const value = valueOf(name);
    if (value != null) {
      config[name] = value;
    }
  }
}

/** Open the connection, so that a click costs one round trip. */
function warm(origin) {
  if (warmed !== origin) {
    warmed = origin;
    document.head.append(Object.assign(document.createElement('link'), {
      // crossOrigin: connections are with credentials or without, and fetch()
      // will ask for one without.
      rel: 'preconnect', crossOrigin: '', href: origin,
    }));
  }
}

/**
 * @param {object} [options]  As given to the constructor.
 * @returns {{pxl_domain: string, id?: string, rtoken?: string,
 *   smid_param: string, require_gesture: boolean}}
 *   pxl_domain: an origin, 'https://pxl.example'.
 * @throws {Error} Its message names the setting that is wrong.
 */
function configure(options) {
  const config = { smid_param: 'smid' };
  const tag = source.tag || {};
  // An inline or file: script has no host to send to.
  if (/^http/.test(tag.src)) {
    const url = new URL(tag.src);
    config.pxl_domain = url.origin;
    config.id = url.searchParams.get('id');
  }
  override(config, (name) => tag.getAttribute &&
    tag.getAttribute('data-ak-' + name.replace('_', '-')));
  override(config, (name) => options && options[name]);

  // A path would be dropped silently, and every click with it.
  const domain = /^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(config.pxl_domain);
  try {
    config.pxl_domain = new URL((domain[1] || 'https://') + domain[2]).origin;
  } catch (e) {
    throw Error('pxl_domain');
  }
  warm(config.pxl_domain);
  if (!config.rtoken && !config.id) {
    throw Error('id');
  }
  // The attribute is a string.
  config.require_gesture = String(config.require_gesture) !== 'false';
  return config;
}

// sdk/src/error.js
// The one error type a caller meets. README.md explains each code.

/**
 * @typedef {'config'|'bad_smid'|'no_categories'|'no_gesture'|'prevented'|
 *   'too_late'|'refused'|'unreachable'} ErrorCode
 */

class AkUnsubError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [text]  What was wrong, for the console.
   * @param {object} [facts]  Copied onto the error: error, error_text, saved.
   */
  constructor(code, text, facts) {
    super(text ? code + ': ' + text : code);
    this.name = 'AkUnsubError';
    this.code = code;
    Object.assign(this, facts);
  }
}

// sdk/src/events.js
// Each outcome is told as an event too: a page that only has data-ak-unsub
// buttons, or a listener of its own, sees every one.

/**
 * Dispatch akunsub:result or akunsub:error when the outcome is there. It also
 * marks the promise as handled: onclick="akUnsub.confirmUnsub(…)" ignores it,
 * and must cause no unhandledrejection.
 * @param {Promise<object>} outcome
 * @param {{action: string, smid: unknown, categories: unknown, late?: true}}
 *   call  Becomes the event's detail; all but late as the page gave it. late:
 *   of a press that an earlier visit, or an earlier try, left behind.
 * @param {Element} [target]  Where the event starts; else the document.
 */
function announce(outcome, { action, smid, categories, late }, target) {
  const tell = (type, value) => {
    const detail = { [type]: value, action, smid, categories, late };
    // A framework may have taken the button away by now.
    (target && target.isConnected ? target : document).dispatchEvent(
      new CustomEvent('akunsub:' + type, { bubbles: true, detail }),
    );
  };
  outcome.then(
    (result) => tell('result', result),
    (error) => {
      // That it failed once more is no news.
      if (!late || error.code !== 'unreachable') {
        console.warn(error);
        tell('error', error);
      }
    },
  );
}

// sdk/src/outbox.js
// Intents that the endpoint has not answered yet, kept over visits.

// What storage does not take, being full or forbidden, lives as long as the
// page.
let memory;

/**
 * @param {object[]} entries  Intents with request_id, made_at (milliseconds
 *   since the epoch), and where each is for; the oldest first.
 * @returns {boolean|undefined} Will a later visit find them?
 */
function keep(entries) {
  memory = JSON.stringify(entries.slice(-50));
  try {
    localStorage.akunsub = memory;
    memory = '';
    return true;
  } catch (e) {
    // A sandboxed frame, a quota; null in a WebView without DOM storage.
  }
}

/** @returns {object[]} What is kept, the oldest first. */
function kept() {
  try {
    return JSON.parse(memory || localStorage.akunsub).filter(
      // At most 7 days old. What is not ours has no such fields, or is null.
      (entry) => entry && entry.scope &&
        Date.now() - entry.made_at < 7 * 864e5,
    );
  } catch (e) {
    return [];
  }
}

// sdk/src/transport.js
// The wire: one POST, one answer. Nothing else in the SDK knows its shape.


/**
 * Send one intent once; never throws.
 * @param {object} entry  As in the outbox.
 * @param {boolean} hasWaited  It is not the press's own moment.
 * @returns {Promise<[Promise<object>] | [undefined, number]>}
 *   The first: the endpoint's own word, a result or an AkUnsubError (prevented,
 *   too_late, refused). Without it, it is worth another try, after so many
 *   milliseconds at the earliest (or NaN).
 */
async function post(entry, hasWaited) {
  // A body of this type needs no CORS preflight: the click costs one request.
  const body = new URLSearchParams();
  const fields = Object.assign({ v: '0.1.0' }, entry);
  // The endpoint's order is that of the presses. What did not wait is the
  // newest there is, even if saving it took a moment.
  fields.age_ms = hasWaited && Math.max(0, Date.now() - entry.made_at);
  for (const name of [
    'smid', 'categories', 'rtoken', 'id', 'request_id', 'replaces', 'age_ms', 'v',
  ]) {
    for (const value of [].concat(fields[name] || [])) {
      body.append(name, value);
    }
  }

  let http = 500;
  let answer;
  let retryAfter;
  // Chrome 66, Safari 12.1, Firefox 57: older ones wait as long as they do.
  const abort = new (window.AbortController || Object)();
  setTimeout(() => abort.signal && abort.abort(), 8e3);
  try {
    const response = await fetch(entry.pxl_domain + '/unsub/' + entry.action, {
      method: 'POST',
      body: body,
      // Outlives the page: people click and leave.
      keepalive: true,
      credentials: 'omit',
      signal: abort.signal,
    });
    http = response.status;
    retryAfter = response.headers.get('Retry-After');
    answer = await response.json();
  } catch (e) {
    // Nothing came, it broke off, or it is not JSON: see below.
  }

  const { error, code, error_text } = Object(answer);
  if (error === 0 && http < 400) {
    const result = {};
    for (const name of [
      'status', 'already', 'profile_id', 'categories', 'seconds_left',
    ]) {
      result[name] = answer[name];
    }
    return [Promise.resolve(result)];
  }
  // A captive portal answers 200 with a page of its own: that is no answer.
  if (http < 400 && !error || http >= 500 || http === 408 || http === 429) {
    // Seconds, or a date.
    return [, retryAfter * 1000 || Date.parse(retryAfter) - Date.now()];
  }
  return [Promise.reject(new AkUnsubError(
    code === 'prevented' || code === 'too_late' ? code : 'refused',
    error_text,
    { error: error || http, error_text: error_text || '' },
  ))];
}

// sdk/src/delivery.js
// How an intent reaches the endpoint, whatever happens on the way: it is kept
// before it is sent, and until there is an answer.


// Scope → the entry that is under way, with its {outcome, stop}.
const running = {};

/**
 * @param {object} config  From configure().
 * @param {{action: string, smid: string, categories?: string[]}} intent
 * @param {Element} [target]  Where the event starts.
 * @returns {Promise<object>} Handled already. The same promise for the same
 *   intent under way: twenty quick clicks are one request.
 */
function deliver({ pxl_domain, rtoken, id }, intent, target) {
  const made_at = Date.now();
  // Of two intents with the same scope, the newer takes the older's place.
  const scope = JSON.stringify([pxl_domain, intent.smid, intent.categories]);
  const entry = Object.assign({
    scope,
    pxl_domain,
    rtoken,
    id: rtoken ? '' : id,
    made_at,
    request_id: [made_at, Math.random(), Math.random()].join('-'),
    replaces: [],
  }, intent);
  const older = running[scope];
  if (older && older.action === intent.action && !older.late) {
    return older.outcome;
  }
  // The older one, too, if somebody has cleared the storage: it is on its way.
  const others = kept().concat(older || []).filter((other) => {
    if (other.scope !== scope) {
      return true;
    }
    // It may still arrive, from somewhere on the way, and must not win. The
    // endpoint takes 20 of them.
    entry.replaces =
      entry.replaces.concat(other.replaces, other.request_id).slice(-20);
  });
  if (older) {
    older.stop(unreachable(entry));
  }
  const all = others.concat(entry);
  // Into a storage that is full, at least without what it replaces: that must
  // not be what a later visit finds.
  entry.saved = keep(all) || (keep(others), keep(all));
  const end = start(entry, target);
  // Another tab that opens now leaves this one to us.
  exclusively(() => end);
  return entry.outcome;
}

function unreachable({ pxl_domain, saved }) {
  return new AkUnsubError('unreachable', pxl_domain, { saved: !!saved });
}

/** @returns {Promise} Fulfilled when it is over, whatever came of it. */
function start(entry, target) {
  running[entry.scope] = entry;
  entry.outcome = new Promise((resolve, stop) => {
    entry.stop = stop;
    persist(entry).then(resolve, stop);
  });
  announce(entry.outcome, entry, target);
  return entry.outcome.catch(() => 0);
}

function isKept({ request_id }) {
  return kept().some((other) => other.request_id === request_id);
}

/**
 * Send until there is an answer. No attempt begins more than 20 s after the
 * first: people have read "not yet" by then, and the next visit goes on.
 */
async function persist(entry) {
  const end = Date.now() + 20e3;
  let final;
  let retryAfterMs;
  // Until a newer intent takes its place, and has stopped its promise; or, of
  // what nobody waits for any more, another tab has replaced or delivered it.
  for (
    let backoffMs = 500;
    running[entry.scope] === entry && (!entry.late || isKept(entry));
    backoffMs *= 2
  ) {
    [final, retryAfterMs] = await post(
      entry, entry.late || backoffMs > 500,
    );
    // Full jitter: a thousand pages do not come back at the same moment.
    const delay = Math.max(
      retryAfterMs || 0, Math.random() * Math.min(backoffMs, 4e3),
    );
    if (final) {
      keep(kept().filter((other) => other.request_id !== entry.request_id));
    }
    if (final || Date.now() + delay > end) {
      break;
    }
    await new Promise((wake) => {
      setTimeout(wake, delay);
      addEventListener('online', wake);
      // The last chance on this page.
      addEventListener('pagehide', wake);
    });
  }
  if (running[entry.scope] === entry) {
    delete running[entry.scope];
  }
  // Somebody may have cleared the storage, or another tab replaced it.
  entry.saved = entry.saved && isKept(entry);
  return final || Promise.reject(unreachable(entry));
}

/** Run *work* in one tab at a time, where tabs can agree on that. */
function exclusively(work) {
  const locks = navigator.locks;
  // No locks, or none for a sandboxed frame: the request_id is enough.
  (locks ? locks.request('akunsub', { ifAvailable: true }, work) :
    Promise.reject(1)).catch(work);
}

/** Deliver what earlier visits, or this one, could not. */
function redeliver() {
  // A page in the background, or being prerendered, is nobody's visit yet.
  if (!document.hidden && kept()[0]) {
    exclusively(async (isOurs) => {
      for (const entry of isOurs ? kept() : []) {
        if (!running[entry.scope]) {
          entry.late = true;
          await start(entry);
        }
      }
    });
  }
}

// sdk/src/gesture.js
// Mail scanners open the page in a real browser and run its scripts, but they
// do not press anything.

/**
 * @returns {boolean} Has a person acted on this page since it was loaded? Not
 *   while it is prerendered, nor, unless that was just now, from the
 *   background. True where the browser cannot tell (before Chrome 72,
 *   Firefox 120, Safari 16.4).
 */
function hasGesture() {
  const activation = navigator.userActivation || { hasBeenActive: true };
  return !document.prerendering &&
    (activation.isActive || activation.hasBeenActive && !document.hidden);
}

// sdk/src/akunsub.js
// The public class. It checks what it is given and never throws: each outcome
// is the returned promise and one event.


// Private fields are newer than ES2017.
const configs = new WeakMap();

class AkUnsub {
  /** @param {object} [options]  rtoken, pxl_domain and more: akunsub.d.ts. */
  constructor(options) {
    try {
      configs.set(this, configure(options));
    } catch (error) {
      // Told again at the first call: a page must not break while it loads.
      const fault = new AkUnsubError('config', error.message);
      configs.set(this, fault);
      console.warn(fault);
    }
  }

  confirmUnsub(smid, categories) {
    return act(this, 'confirm', smid, categories);
  }

  cancelUnsub(smid, categories) {
    return act(this, 'cancel', smid, categories);
  }

  // The platform's documentation calls the class as well as the instance.
  static confirmUnsub(smid, categories) {
    return act(new AkUnsub(), 'confirm', smid, categories);
  }

  static cancelUnsub(smid, categories) {
    return act(new AkUnsub(), 'cancel', smid, categories);
  }
}

/**
 * @param {AkUnsub} akUnsub
 * @param {'confirm'|'cancel'} action
 * @param {unknown} smid  As the page gave it.
 * @param {unknown} categories  As the page gave it.
 * @param {Element} [target]  Where the event starts; the document by default.
 * @param {boolean} [isScripted]  The press was made by a script.
 * @returns {Promise<object>} Handled already: see announce().
 */
function act(akUnsub, action, smid, categories, target, isScripted) {
  const call = { action, smid, categories };
  try {
    // An unbound method has lost its instance, and with it the settings.
    const config = configs.get(akUnsub) ||
      new AkUnsubError('config', 'this');
    if (config.code) {
      throw config;
    }
    const intent = check(call);
    if (config.require_gesture && (isScripted || !hasGesture())) {
      throw new AkUnsubError('no_gesture');
    }
    return deliver(config, intent, target);
  } catch (error) {
    // Whatever a page passes (a circular object, say), it gets this type back.
    const outcome = Promise.reject(
      error.code ? error : new AkUnsubError('bad_smid', error.message),
    );
    announce(outcome, call, target);
    return outcome;
  }
}

/**
 * @returns {{action: string, smid: string, categories?: string[]}}
 * @throws {AkUnsubError} config, bad_smid, no_categories
 */
function check({ action, smid, categories }) {
  if (action !== 'confirm' && action !== 'cancel') {
    throw new AkUnsubError('config', 'data-ak-unsub');
  }
  // Opaque: the platform does not say what it holds. Braces are a placeholder
  // that nobody filled in.
  if (typeof smid !== 'string' || !/^[\w.-]+$/.test(smid)) {
    throw new AkUnsubError('bad_smid', JSON.stringify(smid));
  }
  if (categories == null) {
    return { action, smid };
  }
  // Sorted: the same ones in another order are the same intent.
  const names = Array.from(
    new Set([].concat(categories).filter(Boolean).map(String)),
  ).sort();
  // Nothing ticked must never unsubscribe from everything.
  if (!names.length) {
    throw new AkUnsubError('no_categories');
  }
  return { action, smid, categories: names };
}

// sdk/src/declarative.js
// Buttons, links and forms that carry data-ak-unsub: no page script needed,
// so a strict CSP has nothing to allow.


/** @param {Event} event  Any click or submit of the page. */
function onPress(event) {
  // The path, not the target: a click inside a button hits its child, one in a
  // shadow root its host.
  const element = event.composedPath().find(
    (node) => node.dataset && 'akUnsub' in node.dataset,
  );
  const isForm = element && element.tagName === 'FORM';
  // A click inside a form is not yet its submission. A page that prevented
  // the event has said no.
  if (
    !element || isForm !== (event.type === 'submit') || event.defaultPrevented
  ) {
    return;
  }
  const form = isForm ? element : element.form;
  const fields = new FormData(form || undefined);
  const akUnsub = new AkUnsub();
  const smid = fields.get('smid') ||
    new URLSearchParams(location.search).get(configs.get(akUnsub).smid_param);
  const listed = element.dataset.akCategories;
  let categories;
  if (listed != null) {
    categories = listed.split(/\s+/);
  } else if (form && Array.from(form.elements).some(
    (field) => field.matches('[name=categories]:enabled'),
  )) {
    // Boxes to choose from: none ticked is [], which is not "everything".
    categories = fields.getAll('categories');
  }
  event.preventDefault();
  const action = element.dataset.akUnsub;
  act(akUnsub, action, smid, categories, element, !event.isTrusted);
}

// sdk/src/install.js
// What happens once, however often and whenever the script is loaded.


/**
 * The first class stays: pages load the tag twice by accident.
 * @param {HTMLScriptElement | {src: string} | null} script
 */
function install(script) {
  source.tag = script;
  // Not just "is it there": <div id="AkUnsub"> is window.AkUnsub too.
  if (typeof window.AkUnsub !== 'function') {
    window.AkUnsub = AkUnsub;
    // On the window, so that it does not matter what is added when.
    addEventListener('click', onPress);
    addEventListener('submit', onPress);
    setTimeout(begin);
  }
}

// In a task of its own: the page is not held up while it is parsed, and the
// first look into the storage takes a browser several milliseconds.
function begin() {
  try {
    // Opens the connection.
    configure();
  } catch (e) {
    // The page may have the rest for the constructor.
  }
  // On the next load, when the network is back, when somebody looks.
  for (const type of ['pageshow', 'online', 'visibilitychange']) {
    addEventListener(type, redeliver);
  }
  // Few people come back: while the page is open, it goes on.
  setInterval(redeliver, 30e3);
  // pageshow is over.
  if (document.readyState === 'complete') {
    redeliver();
  }
}

// sdk/src/classic.js
// Entry of ak_list_unsubscribe.js, a classic script.


install(document.currentScript);
})();
