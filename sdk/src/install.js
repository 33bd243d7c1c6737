// What happens once, however often and whenever the script is loaded.

import { AkUnsub } from './akunsub.js';
import { readScript } from './config.js';
import { listen } from './declarative.js';
import { keepDelivering } from './delivery.js';

/**
 * The first class stays: pages load the tag twice by accident.
 * @param {HTMLScriptElement | {src: string} | null} script
 */
export function install(script) {
  readScript(script);
  // Not just "is it there": <div id="AkUnsub"> is window.AkUnsub too.
  if (typeof window.AkUnsub !== 'function') {
    window.AkUnsub = AkUnsub;
    listen();
    keepDelivering();
  }
}
