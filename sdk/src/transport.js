// The wire: one POST, one answer. Nothing else in the SDK knows its shape.

import { AkUnsubError } from './error.js';

/**
 * Send one intent once; never throws.
 * @param {object} entry  As in the outbox.
 * @param {boolean} hasWaited  It is not the press's own moment.
 * @returns {Promise<[Promise<object>] | [undefined, number]>}
 *   The first: the endpoint's own word, a result or an AkUnsubError (prevented,
 *   too_late, refused). Without it, it is worth another try, after so many
 *   milliseconds at the earliest (or NaN).
 */
export async function post(entry, hasWaited) {
  // A body of this type needs no CORS preflight: the click costs one request.
  const body = new URLSearchParams();
  const fields = Object.assign({ v: '__VERSION__' }, entry);
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
