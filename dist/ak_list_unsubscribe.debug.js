/*! akunsub 0.1.0 | MIT */
(function () {
'use strict';

// sdk/src/config.js
// Where the settings come from: the script's own URL, then the data-ak-*
// attributes of its tag, then the constructor; the later one wins.

const NAMES = ['id', 'rtoken', 'pxl_domain', 'smid_param', 'require_gesture'];

const fromScript = { smid_param: 'smid' };

/**
 * Remember what the script's own tag says. The file is one constant for every
 * resource, so its URL is what tells them apart.
 * @param {HTMLScriptElement | {src: string} | null} script
 */
function readScript(script) {
  // An inline or file: script has no host to send to.
  if (script && /^http/.test(script.src)) {
    const url = new URL(script.src);
    fromScript.pxl_domain = url.origin;
    fromScript.id = url.searchParams.get('id');
  }
  if (script && script.getAttribute) {
    override(fromScript, (name) =>
      script.getAttribute('data-ak-' + name.replace('_', '-')));
  }
}

function override(config, valueOf) {
  for (const name of NAMES) {
    const value = valueOf(name);
    if (value != null) {
      config[name] = value;
    }
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
  const config = Object.assign({}, fromScript);
  override(config, (name) => options && options[name]);

  // A path would be dropped silently, and every click with it.
  const domain = /^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(config.pxl_domain);
  try {
    config.pxl_domain = new URL((domain[1] || 'https://') + domain[2]).origin;
  } catch (e) {
    throw new Error('pxl_domain');
  }
  if (!config.rtoken && !config.id) {
    throw new Error('id');
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

// sdk/src/transport.js
// The wire: one POST, one answer. Nothing else in the SDK knows its shape.


const VERSION = '0.1.0';

/**
 * Send one intent once.
 * @param {object} config  From configure().
 * @param {{action: 'confirm'|'cancel', smid: string, categories?: string[],
 *   request_id: string}} intent
 * @returns {Promise<object>} The result, only ever the endpoint's own word.
 * @throws {AkUnsubError} prevented, too_late, refused: final.
 *   unreachable: no answer, or not the endpoint's; worth another try.
 */
async function post(config, intent) {
  // A body of this type needs no CORS preflight: the click costs one request.
  const body = new URLSearchParams();
  body.append('smid', intent.smid);
  for (const name of intent.categories || []) {
    body.append('categories', name);
  }
  body.append(config.rtoken ? 'rtoken' : 'id', config.rtoken || config.id);
  body.append('request_id', intent.request_id);
  body.append('v', VERSION);

  let http = 0;
  let answer;
  try {
    const url = config.pxl_domain + '/unsub/' + intent.action;
    const response = await fetch(url, {
      method: 'POST',
      body: body,
      // Outlives the page: people click and leave.
      keepalive: true,
      credentials: 'omit',
    });
    http = response.status;
    answer = await response.json();
  } catch (e) {
    // Nothing came, it broke off, or it is not JSON: see below.
  }

  const error = answer && answer.error;
  if (error === 0 && http < 400) {
    const { status, already, profile_id, categories, seconds_left } = answer;
    return { status, already, profile_id, categories, seconds_left };
  }
  // A captive portal answers 200 with a page of its own: that is no answer.
  if (http < 400 && !error || http >= 500 || http === 408 || http === 429) {
    throw new AkUnsubError('unreachable', config.pxl_domain, { saved: false });
  }
  const code = answer && answer.code;
  const text = answer && answer.error_text || '';
  throw new AkUnsubError(
    code === 'prevented' || code === 'too_late' ? code : 'refused',
    text,
    { error: error || http, error_text: text },
  );
}

// sdk/src/delivery.js
// How an intent reaches the endpoint: the layer between what a person meant
// and one request. It owns what is under way.


const inFlight = new Map();

/**
 * @param {object} config  From configure().
 * @param {{action: string, smid: string, categories?: string[]}} intent
 * @param {(outcome: Promise<object>) => void} onStart  Called for a new
 *   delivery, not for one that joins a delivery under way.
 * @returns {Promise<object>} The same promise for the same intent in flight:
 *   twenty quick clicks are one request.
 */
function deliver(config, intent, onStart) {
  const key = JSON.stringify([config, intent]);
  let outcome = inFlight.get(key);
  if (!outcome) {
    const random = () => Math.random().toString(36).slice(2);
    const request_id = Date.now().toString(36) + '-' + random() + random();
    outcome = post(config, Object.assign({ request_id }, intent));
    inFlight.set(key, outcome);
    const forget = () => inFlight.delete(key);
    outcome.then(forget, forget);
    onStart(outcome);
  }
  return outcome;
}

// sdk/src/events.js
// Each outcome is told as an event too: a page that only has data-ak-unsub
// buttons, or a listener of its own, sees every one.

/**
 * Dispatch akunsub:result or akunsub:error when the outcome is there. It also
 * marks the promise as handled: onclick="akUnsub.confirmUnsub(…)" ignores it,
 * and must cause no unhandledrejection.
 * @param {Promise<object>} outcome
 * @param {{action: string, smid: unknown, categories: unknown}} call
 *   As the page gave it; part of the event's detail.
 * @param {Element} [target]  Where the event starts; else the document.
 */
function announce(outcome, call, target) {
  const tell = (type, value) => {
    const detail = Object.assign({ [type]: value }, call);
    // A framework may have taken the button away by now.
    (target && target.isConnected ? target : document).dispatchEvent(
      new CustomEvent('akunsub:' + type, { bubbles: true, detail }),
    );
  };
  outcome.then(
    (result) => tell('result', result),
    (error) => {
      console.warn(error);
      tell('error', error);
    },
  );
}

// sdk/src/gesture.js
// Mail scanners open the page in a real browser and run its scripts, but they
// do not press anything.

/**
 * @returns {boolean} Has a person acted on this page since it was loaded?
 *   True where the browser cannot tell (before Chrome 72, Firefox 120,
 *   Safari 16.4).
 */
function hasGesture() {
  const activation = navigator.userActivation;
  return !document.prerendering && (!activation || activation.hasBeenActive);
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
      configs.set(this, { fault });
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

/** @returns {object} The settings of an instance, or {fault}. */
function configOf(akUnsub) {
  return configs.get(akUnsub);
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
  const start = (outcome) => {
    announce(outcome, call, target);
    return outcome;
  };
  try {
    // An unbound method has lost its instance, and with it the settings.
    const config = configs.get(akUnsub) ||
      { fault: new AkUnsubError('config', 'this') };
    if (config.fault) {
      throw config.fault;
    }
    const intent = check(call);
    if (config.require_gesture && (isScripted || !hasGesture())) {
      throw new AkUnsubError('no_gesture');
    }
    return deliver(config, intent, start);
  } catch (error) {
    // Whatever a page passes (a circular object, say), it gets this type back.
    return start(Promise.reject(
      error.code ? error : new AkUnsubError('bad_smid', error.message),
    ));
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
  const names = Array.from(
    new Set([].concat(categories).filter(Boolean).map(String)),
  );
  // Nothing ticked must never unsubscribe from everything.
  if (!names.length) {
    throw new AkUnsubError('no_categories');
  }
  return { action, smid, categories: names };
}

// sdk/src/declarative.js
// Buttons, links and forms that carry data-ak-unsub: no page script needed,
// so a strict CSP has nothing to allow.


/** Listen on the document, so that it does not matter what is added when. */
function listen() {
  document.addEventListener('click', onEvent);
  document.addEventListener('submit', onEvent);
}

function onEvent(event) {
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
    new URLSearchParams(location.search).get(configOf(akUnsub).smid_param);
  const listed = element.dataset.akCategories;
  let categories;
  if (listed != null) {
    categories = listed.split(/\s+/);
  } else if (form && Array.from(form.elements).some(
    (field) => field.name === 'categories' && !field.matches(':disabled'),
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
  readScript(script);
  // Not just "is it there": <div id="AkUnsub"> is window.AkUnsub too.
  if (typeof window.AkUnsub !== 'function') {
    window.AkUnsub = AkUnsub;
    listen();
  }
}

// sdk/src/classic.js
// Entry of ak_list_unsubscribe.js, a classic script.


install(document.currentScript);
})();
