// How an intent reaches the endpoint, whatever happens on the way: it is kept
// before it is sent, and until there is an answer.

import { AkUnsubError } from './error.js';
import { announce } from './events.js';
import { keep, kept } from './outbox.js';
import { post } from './transport.js';

// Scope → the entry that is under way, with its {outcome, stop}.
const running = {};

/**
 * @param {object} config  From configure().
 * @param {{action: string, smid: string, categories?: string[]}} intent
 * @param {Element} [target]  Where the event starts.
 * @returns {Promise<object>} Handled already. The same promise for the same
 *   intent under way: twenty quick clicks are one request.
 */
export function deliver({ pxl_domain, rtoken, id }, intent, target) {
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
export function redeliver() {
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
