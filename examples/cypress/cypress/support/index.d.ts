import type { Call } from './calls.js';

interface ExpectOptions {
  /** Exactly these, in any order; left out: everything. */
  categories?: string[];
  timeoutMs?: number;
}

interface State {
  status: string;
  already: boolean;
  categories: string[];
  seconds_left: number;
}

declare global {
  namespace Cypress {
    interface Chainable {
      /** Lead the script and the calls of every pixel host to the endpoint. */
      forwardPixelHosts(): Chainable;
      /** Go back to the configured state and the real time, without calls. */
      resetUnsub(): Chainable;
      /** Move the endpoint's clock ahead, until resetUnsub(). */
      moveClock(seconds: number): Chainable;
      /** Change a resource, until resetUnsub(): 73, { mode: 'delayed' }. */
      setResource(id: number, changes: object): Chainable;
      /** Where the subscription stands. */
      unsubState(smid: string): Chainable<State>;
      /** Wait for a good confirm, and yield it. */
      expectConfirm(smid: string, options?: ExpectOptions): Chainable<Call>;
      /** Wait for a good cancel, and yield it. */
      expectCancel(smid: string, options?: ExpectOptions): Chainable<Call>;
      /** Make sure that nothing came, good or bad, but what was expected. */
      expectNothing(options?: { withinMs?: number }): Chainable;
      /** Let calls that break these rules pass, until resetUnsub(). */
      allowBadCalls(...rules: string[]): Chainable;
      /** Make sure that no call since resetUnsub() was bad. */
      checkCalls(): Chainable;
      /** Press a button as a person does: cy.click() is a script's click. */
      pressButton(name: string): Chainable;
    }
  }
}
