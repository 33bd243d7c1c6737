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
export function announce(outcome, { action, smid, categories, late }, target) {
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
