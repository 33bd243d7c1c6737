// The one error type a caller meets. README.md explains each code.

/**
 * @typedef {'config'|'bad_smid'|'no_categories'|'no_gesture'|'prevented'|
 *   'too_late'|'refused'|'unreachable'} ErrorCode
 */

export class AkUnsubError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [text]  What was wrong, for the console.
   * @param {object} [facts]  Copied onto the error: error, error_text, saved.
   */
  constructor(code, text, facts) {
    super(text ? code + ': ' + text : code);
    this.name = 'AkUnsubError';
    this.code = code;
    Object.assign(this, facts);
  }
}
