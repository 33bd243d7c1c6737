// What an unsubscribe page sent, as `akunsub serve` received it. What each
// command does is in index.d.ts.

import {
  describeAll, describeMiss, differences, expectation, isChanging,
} from './calls.js';

/** @typedef {import('./calls.js').Call} Call */

const AKUNSUB_URL = Cypress.env('AKUNSUB_URL');
const PIXEL_PATH =
  /^\/(ak_list_unsubscribe[\w.-]*\.m?js|unsub\/(confirm|cancel|state))$/;

/** @type {Set<number>} Ids of calls that were expected: each is once. */
const matched = new Set();
/** @type {Set<string>} */
const allowedRules = new Set();

Cypress.Commands.add('forwardPixelHosts', () => (
  cy.intercept({ pathname: PIXEL_PATH }, (request) => {
    const { pathname, search } = new URL(request.url);
    request.url = AKUNSUB_URL + pathname + search;
  })
));

Cypress.Commands.add('resetUnsub', () => {
  matched.clear();
  allowedRules.clear();
  return ask('POST', '/_unsub/reset', {});
});

Cypress.Commands.add('moveClock', (seconds) => (
  ask('POST', '/_unsub/clock', { advance_seconds: seconds })
));

Cypress.Commands.add('setResource', (id, changes) => (
  ask('PATCH', `/_unsub/resources/${id}`, changes)
));

Cypress.Commands.add('unsubState', (smid) => (
  ask('GET', `/unsub/state?${new URLSearchParams({ smid })}`)
));

Cypress.Commands.add('expectConfirm', (smid, options) => (
  expectCall('confirm', smid, options)
));

Cypress.Commands.add('expectCancel', (smid, options) => (
  expectCall('cancel', smid, options)
));

Cypress.Commands.add('expectNothing', ({ withinMs = 500 } = {}) => (
  look(withinMs, (seen) => seen.length > 0).then((calls) => {
    if (calls.length > 0) {
      throw new Error(describeAll('expected nothing:', calls));
    }
  })
));

Cypress.Commands.add('allowBadCalls', (...rules) => {
  for (const rule of rules) allowedRules.add(rule);
});

Cypress.Commands.add('checkCalls', () => (
  askForCalls('verdict=bad').then((calls) => {
    const bad = calls.filter((call) => !allowedRules.has(call.rule));
    if (bad.length > 0) {
      throw new Error(describeAll('the page made bad calls:', bad));
    }
  })
));

Cypress.Commands.add('pressButton', (name) => {
  // The SDK sends nothing without a person's gesture. The events of cy.click()
  // are a script's; the key that cy.press() presses is a real one.
  cy.contains('button', name).focus();
  cy.press(Cypress.Keyboard.Keys.SPACE);
});

/**
 * @param {string} action
 * @param {string} smid
 * @param {{ categories?: string[], timeoutMs?: number }} [options]
 * @returns {Cypress.Chainable<Call>}
 */
function expectCall(action, smid, { categories, timeoutMs = 5000 } = {}) {
  const expected = expectation(action, smid, categories ?? null);
  const isIt = (/** @type {Call} */ call) =>
    differences(expected, call).length === 0;
  return look(timeoutMs, (seen) => seen.some(isIt)).then((calls) => {
    const found = calls.find(isIt);
    if (!found) throw new Error(describeMiss(expected, calls, timeoutMs));
    matched.add(found.id);
    return found;
  });
}

/**
 * @param {number} timeoutMs
 * @param {(seen: Call[]) => boolean} isEnough
 * @returns {Cypress.Chainable<Call[]>} The calls that were not expected yet:
 *   as soon as they are enough, else when the time is over.
 */
function look(timeoutMs, isEnough) {
  const end = Date.now() + timeoutMs;
  /** @type {Call[]} */
  const seen = [];
  /** @returns {Cypress.Chainable<Call[]>} */
  const lookOn = (since = 0) => {
    const left = Math.max(0, end - Date.now());
    return askForCalls(`since=${since}&wait=${left / 1000}`).then((calls) => {
      seen.push(...calls.filter(
        (call) => isChanging(call) && !matched.has(call.id),
      ));
      return left === 0 || isEnough(seen)
        ? cy.wrap(seen, { log: false })
        : lookOn(calls.at(-1)?.id ?? since);
    });
  };
  return lookOn();
}

/**
 * @param {string} query
 * @returns {Cypress.Chainable<Call[]>}
 */
function askForCalls(query) {
  return ask('GET', `/_unsub/calls?${query}`).then(({ calls }) => calls);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
function ask(method, path, body) {
  return cy.request({ method, url: AKUNSUB_URL + path, body, log: false })
    .then((answer) => answer.body);
}
