// What a test expects of a call, and how far a call is from it.

/**
 * @typedef {object} Expected
 * @property {string} action
 * @property {string} smid
 * @property {string[] | null} categories  In any order; null: everything.
 *
 * @typedef {object} Call  As GET /_unsub/calls lists it.
 * @property {number} id
 * @property {string} action
 * @property {string | null} smid
 * @property {string[] | null} categories
 * @property {'good' | 'bad'} verdict
 * @property {string} rule  One word for what was right or wrong.
 * @property {string} reason
 * @property {string | null} fix
 */

/**
 * @param {string} action  'confirm' or 'cancel'.
 * @param {string} smid
 * @param {string[] | null} categories
 * @returns {Expected}
 */
export function expectation(action, smid, categories) {
  if (categories !== null && !Array.isArray(categories)) {
    throw new TypeError(`categories is a list of names: ['${categories}']`);
  }
  return { action, smid, categories };
}

/** @param {Call} call  What asks only ('state') changes nothing. */
export function isChanging(call) {
  return call.action === 'confirm' || call.action === 'cancel';
}

/**
 * @param {Expected} expected
 * @param {Call} call
 * @returns {string[]} A line for all in which it is another call; or none.
 */
export function differences(expected, call) {
  const found = [];
  for (const name of /** @type {const} */ (['action', 'smid'])) {
    if (call[name] !== expected[name]) {
      found.push(`${name}: expected ${expected[name]}, got ${call[name]}`);
    }
  }
  const [wanted, got] = [shown(expected.categories), shown(call.categories)];
  if (wanted !== got) {
    found.push(`categories: expected ${wanted}, got ${got}`);
  }
  if (call.verdict !== 'good') {
    found.push('verdict: expected good, got bad');
  }
  return found;
}

/**
 * @param {Expected} expected
 * @param {Call[]} calls
 * @param {number} timeoutMs
 * @returns {string} Why it is not among them: the nearest, then the others.
 */
export function describeMiss(expected, calls, timeoutMs) {
  const { action, smid, categories } = expected;
  const head = `no ${action} of ${shown(categories)} for smid ${smid} ` +
    `within ${timeoutMs} ms`;
  if (calls.length === 0) {
    return `${head}; the endpoint had no call at all`;
  }
  const distance = (/** @type {Call} */ call) =>
    differences(expected, call).length;
  const [nearest, ...others] = [...calls].sort(
    // The latest of several.
    (a, b) => distance(a) - distance(b) || b.id - a.id,
  );
  return [
    `${head}; the nearest of ${calls.length}:`,
    ...describe(nearest),
    ...differences(expected, nearest),
    ...others.flatMap(describe),
  ].join('\n  ');
}

/**
 * @param {string} head
 * @param {Call[]} calls
 */
export function describeAll(head, calls) {
  return [head, ...calls.flatMap(describe)].join('\n  ');
}

/** @param {Call} call */
function describe({ id, action, smid, categories, verdict, reason, fix }) {
  const text = `#${id} ${action} of ${shown(categories)} for smid ${smid}: ` +
    `${verdict}, ${reason}`;
  return fix ? [text, `fix: ${fix}`] : [text];
}

/** @param {string[] | null} categories */
function shown(categories) {
  if (categories === null) return 'everything';
  return [...categories].sort().join(', ') || 'nothing';
}
