// Intents that the endpoint has not answered yet, kept over visits.

// What storage does not take, being full or forbidden, lives as long as the
// page.
let memory;

/**
 * @param {object[]} entries  Intents with request_id, made_at (milliseconds
 *   since the epoch), and where each is for; the oldest first.
 * @returns {boolean|undefined} Will a later visit find them?
 */
export function keep(entries) {
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
export function kept() {
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
