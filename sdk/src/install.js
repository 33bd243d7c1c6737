// What happens once, however often and whenever the script is loaded.

import { AkUnsub } from './akunsub.js';
import { readScript } from './config.js';
import { onPress } from './declarative.js';
import { redeliver } from './delivery.js';

// On the window, so that it does not matter what is added to the page when.
const LISTENERS = {
  click: onPress,
  submit: onPress,
  // On the next load, when the network is back, when somebody looks.
  pageshow: redeliver,
  online: redeliver,
  visibilitychange: redeliver,
};

/**
 * The first class stays: pages load the tag twice by accident.
 * @param {HTMLScriptElement | {src: string} | null} script
 */
export function install(script) {
  readScript(script);
  // Not just "is it there": <div id="AkUnsub"> is window.AkUnsub too.
  if (typeof window.AkUnsub !== 'function') {
    window.AkUnsub = AkUnsub;
    for (const type of Object.keys(LISTENERS)) {
      addEventListener(type, LISTENERS[type]);
    }
    // Few people come back: while the page is open, it goes on.
    setInterval(redeliver, 30e3);
    // Loaded late: pageshow is over.
    if (document.readyState === 'complete') {
      redeliver();
    }
  }
}
