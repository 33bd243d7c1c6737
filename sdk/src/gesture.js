// Mail scanners open the page in a real browser and run its scripts, but they
// do not press anything.

/**
 * @returns {boolean} Has a person acted on this page since it was loaded? Not
 *   while it is prerendered, nor, unless that was just now, from the
 *   background. True where the browser cannot tell (before Chrome 72,
 *   Firefox 120, Safari 16.4).
 */
export function hasGesture() {
  const activation = navigator.userActivation || { hasBeenActive: true };
  return !document.prerendering &&
    (activation.isActive || activation.hasBeenActive && !document.hidden);
}
