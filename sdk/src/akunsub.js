// The public class. It checks what it is given and never throws: each outcome
// is the returned promise and one event.

import { configure } from './config.js';
import { deliver } from './delivery.js';
import { AkUnsubError } from './error.js';
import { announce } from './events.js';
import { hasGesture } from './gesture.js';

// Private fields are newer than ES2017.
export const configs = new WeakMap();

export class AkUnsub {
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
export function act(akUnsub, action, smid, categories, target, isScripted) {
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
