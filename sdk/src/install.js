// What happens once, however often and whenever the script is loaded.

import { AkUnsub } from './akunsub.js';
import { configure, source } from './config.js';
import { onPress } from './declarative.js';
import { redeliver } from './delivery.js';

/**
 * The first class stays: pages load the tag twice by accident.
 * @param {HTMLScriptElement | {src: string} | null} script
 */
export function install(script) {
  source.tag = script;
  // Not just "is it there": <div id="AkUnsub"> is window.AkUnsub too.
  if (typeof window.AkUnsub !== 'function') {
    window.AkUnsub = AkUnsub;
    // On the window, so that it does not matter what is added when.
    addEventListener('click', onPress);
    addEventListener('submit', onPress);
    setTimeout(begin);
  }
}

// In a task of its own: the page is not held up while it is parsed, and the
// first look into the storage takes a browser several milliseconds.
function begin() {
  try {
    // Opens the connection.
    configure();
  } catch (e) {
    // The page may have the rest for the constructor.
  }
  // On the next load, when the network is back, when somebody looks.
  for (const type of ['pageshow', 'online', 'visibilitychange']) {
    addEventListener(type, redeliver);
  }
  // Few people come back: while the page is open, it goes on.
  setInterval(redeliver, 30e3);
  // pageshow is over.
  if (document.readyState === 'complete') {
    redeliver();
  }
}
