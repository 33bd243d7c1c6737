/**
 * The public contract of `ak_list_unsubscribe.js` (a classic script that
 * defines the global `AkUnsub`) and of `ak_list_unsubscribe.mjs` (an ES module
 * that exports it and defines the global as well).
 */

/** Settings. Each one overrides what the script's tag and URL say. */
export interface AkUnsubOptions {
  /**
   * Resource token. Sent instead of {@link AkUnsubOptions.id}.
   * Default: the tag's `data-ak-rtoken`, else none.
   */
  rtoken?: string;
  /**
   * The pixel host: `pxl.example.com`, `pxl.example.com:8443`, or with a scheme
   * (`http://127.0.0.1:8025`). `https` without one. A path is a fault.
   * Default: the tag's `data-ak-pxl-domain`, else the origin that the script was
   * loaded from.
   */
  pxl_domain?: string;
  /**
   * Script id: base64 of `account|resource`, for example `MXw3Mw==`.
   * Default: the tag's `data-ak-id`, else the `id` in the script's own URL.
   */
  id?: string;
  /**
   * Name of the parameter of the page's URL that holds the smid. Only the
   * declarative buttons and forms (`data-ak-unsub`) read it.
   * Default: the tag's `data-ak-smid-param`, else `smid`.
   */
  smid_param?: string;
  /**
   * Send only after a person has acted on the page. `false` lets a script
   * unsubscribe people, and with it every mail scanner that opens the page in
   * a browser: leave it on outside tests.
   * Default: the tag's `data-ak-require-gesture`, else `true`.
   */
  require_gesture?: boolean;
}

/**
 * Where a subscription stands. `pending`: leaving when the timer runs out.
 * After a confirm of everything it is `unsubscribed`, unless something newer
 * was done elsewhere; after one of some categories, and after a cancel, what it
 * was before, mostly `subscribed`. Look at it before you tell the person
 * anything. The other words are the platform's, and rare: nothing is sent in
 * any of them.
 */
export type AkUnsubStatus =
  | 'unsubscribed'
  | 'pending'
  | 'subscribed'
  | 'complained'
  | 'hardbounced'
  | 'unconfirmed'
  | 'suspended'
  | 'invalid';

/** What the endpoint answered; never the SDK's own guess. */
export interface AkUnsubResult {
  /**
   * The status of the subscription as a whole after the call. Leaving some
   * categories does not change it.
   */
  status: AkUnsubStatus;
  /**
   * It was so before: the call changed nothing. Tell the person "already", if
   * `status` or `categories` say what was asked for.
   */
  already: boolean;
  /** 24 lower-case hexadecimal digits. */
  profile_id: string;
  /** API names of all categories that the person has left, sorted. */
  categories: string[];
  /** Seconds until `pending` becomes `unsubscribed`; 0 in any other status. */
  seconds_left: number;
}

/**
 * - `config`: a setting is wrong or missing; the message names it. Nothing was
 *   sent.
 * - `bad_smid`: not a send message ID. Nothing was sent.
 * - `no_categories`: an empty array. Nothing was sent: nothing ticked must
 *   never unsubscribe from everything.
 * - `no_gesture`: nobody has acted on the page, or a script made the press.
 *   Nothing was sent.
 * - `prevented`: this resource does not let people leave; `error_text` says why.
 * - `too_late`: the timer ran out before the cancel arrived.
 * - `refused`: the endpoint said no; see `error` and `error_text`.
 * - `unreachable`: the endpoint gave no answer, and no try begins later than 20
 *   seconds after the press. Not delivered, as far as anyone knows: do not tell the person that it was. With
 *   `saved` it will be, later; also said at once of a call that a newer opposite
 *   one takes the place of.
 */
export type AkUnsubErrorCode =
  | 'config'
  | 'bad_smid'
  | 'no_categories'
  | 'no_gesture'
  | 'prevented'
  | 'too_late'
  | 'refused'
  | 'unreachable';

/**
 * Every rejection is one of these. Tell it by `name` and `code`: the classic
 * script does not export the class.
 */
export class AkUnsubError extends Error {
  private constructor();
  /** Tells this error from others, whichever copy of the script made it. */
  readonly name: 'AkUnsubError';
  /** What went wrong, for the page to act on. */
  readonly code: AkUnsubErrorCode;
  /** The endpoint's error number; only with prevented, too_late and refused. */
  readonly error?: number;
  /** The endpoint's own words; only with prevented, too_late and refused. */
  readonly error_text?: string;
  /**
   * Only with `unreachable`. True: it is tried again while the page is open, and
   * on the next visit; its outcome is an event with `late`. False: the browser
   * has no storage for this page (a sandboxed frame, say), so it is only tried
   * while the page is open; or a newer call took its place.
   */
  readonly saved?: boolean;
}

/**
 * One unsubscribe page's connection to the pixel endpoint.
 *
 * No method throws, the constructor neither: a fault is told by the first call
 * (code `config`) and on the console. A caller may ignore the promise.
 */
export class AkUnsub {
  /** Settings left out come from the script's tag and URL. */
  constructor(options?: AkUnsubOptions);

  /**
   * Confirm the unsubscription.
   * @param smid Send message ID, as `{send_message_id}` put it into the page's
   *   URL.
   * @param categories API names of the categories to leave. Left out, null or
   *   undefined: the whole resource. `[]` is rejected with `no_categories`.
   * @returns Resolves with the endpoint's answer, rejects with
   *   {@link AkUnsubError}. The same promise while the same call is under way.
   */
  confirmUnsub(
    smid: string,
    categories?: readonly string[] | null,
  ): Promise<AkUnsubResult>;

  /**
   * Take the unsubscription back. Only in delayed mode, and only until its
   * timer runs out. Arguments and result as in
   * {@link AkUnsub.confirmUnsub | confirmUnsub}.
   */
  cancelUnsub(
    smid: string,
    categories?: readonly string[] | null,
  ): Promise<AkUnsubResult>;

  /** `new AkUnsub().confirmUnsub(smid, categories)`. */
  static confirmUnsub(
    smid: string,
    categories?: readonly string[] | null,
  ): Promise<AkUnsubResult>;

  /** `new AkUnsub().cancelUnsub(smid, categories)`. */
  static cancelUnsub(
    smid: string,
    categories?: readonly string[] | null,
  ): Promise<AkUnsubResult>;
}

/**
 * The call that an event is about: as it was sent or, where nothing was, as the
 * page made it.
 */
export interface AkUnsubCall {
  /** Which method it was. */
  action: 'confirm' | 'cancel';
  /** null when a declarative button found none. */
  smid: string | null;
  /** undefined or null: the whole resource. */
  categories: readonly string[] | null | undefined;
  /**
   * True: of a press that could not be delivered in time, by this page or on an
   * earlier visit. No promise waits for it any more, and its smid may be
   * another than this page's: compare it before you show the outcome.
   */
  late: true | undefined;
}

/** `detail` of `akunsub:result`. */
export interface AkUnsubResultDetail extends AkUnsubCall {
  /** What the promise resolved with. */
  result: AkUnsubResult;
}

/** `detail` of `akunsub:error`. */
export interface AkUnsubErrorDetail extends AkUnsubCall {
  /** What the promise was rejected with. */
  error: AkUnsubError;
}

/** The events bubble: from the `data-ak-unsub` element, else the document. */
export interface AkUnsubEventMap {
  'akunsub:result': CustomEvent<AkUnsubResultDetail>;
  'akunsub:error': CustomEvent<AkUnsubErrorDetail>;
}

type AkUnsubClass = typeof AkUnsub;

declare global {
  /** Defined by both builds. The first copy that is loaded stays. */
  var AkUnsub: AkUnsubClass;
  interface HTMLElementEventMap extends AkUnsubEventMap {}
  interface DocumentEventMap extends AkUnsubEventMap {}
  interface WindowEventMap extends AkUnsubEventMap {}
}
