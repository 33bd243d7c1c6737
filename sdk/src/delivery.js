// How an intent reaches the endpoint: the layer between what a person meant
// and one request. It owns what is under way.

import { post } from './transport.js';

const inFlight = new Map();

/**
 * @param {object} config  From configure().
 * @param {{action: string, smid: string, categories?: string[]}} intent
 * @param {(outcome: Promise<object>) => void} onStart  Called for a new
 *   delivery, not for one that joins a delivery under way.
 * @returns {Promise<object>} The same promise for the same intent in flight:
 *   twenty quick clicks are one request.
 */
export function deliver(config, intent, onStart) {
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
