// The wire: one POST, one answer. Nothing else in the SDK knows its shape.

import { AkUnsubError } from './error.js';

const VERSION = '__VERSION__';

/**
 * Send one intent once.
 * @param {object} config  From configure().
 * @param {{action: 'confirm'|'cancel', smid: string, categories?: string[],
 *   request_id: string}} intent
 * @returns {Promise<object>} The result, only ever the endpoint's own word.
 * @throws {AkUnsubError} prevented, too_late, refused: final.
 *   unreachable: no answer, or not the endpoint's; worth another try.
 */
export async function post(config, intent) {
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
