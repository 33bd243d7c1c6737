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
export function announce(outcome, call, target) {
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
