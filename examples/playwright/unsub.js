// What an unsubscribe page sent, as `akunsub serve` received it.

import { test } from '@playwright/test';

import {
  describeAll, describeMiss, differences, expectation, isChanging,
} from './calls.js';

export const AKUNSUB_URL = process.env.AKUNSUB_URL ?? 'http://127.0.0.1:8035';

const PIXEL_PATH =
  /^\/(ak_list_unsubscribe[\w.-]*\.m?js|unsub\/(confirm|cancel|state))$/;
// Playwright shows the line of the test, not one of this file.
const BOXED = { box: true };

export class Unsub {
  // Ids of the calls that were expected: each is expected once.
  #matched = new Set();
  #allowedRules = new Set();

  /** Lead the script and the calls of every pixel host to the endpoint. */
  async forwardPixelHosts(page) {
    const isForPixelHost = (url) => PIXEL_PATH.test(url.pathname);
    await page.route(isForPixelHost, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      const { host, ...headers } = await route.request().allHeaders();
      try {
        const url = AKUNSUB_URL + pathname + search;
        const response = await route.fetch({ url, headers, maxRedirects: 0 });
        await route.fulfill({ response });
      } catch {
        // The endpoint does not answer; or the page is gone, and nobody waits.
        await route.abort('connectionfailed').catch(() => {});
      }
    });
  }

  /** Go back to the configured state and the real time, without any call. */
  async reset() {
    this.#matched.clear();
    this.#allowedRules.clear();
    await this.#ask('/_unsub/reset', {});
  }

  /** Move the endpoint's clock ahead, until reset(). */
  async moveClock(seconds) {
    await this.#ask('/_unsub/clock', { advance_seconds: seconds });
  }

  /** Change a resource until reset(): setResource(73, { mode: 'delayed' }). */
  async setResource(id, changes) {
    await this.#ask(`/_unsub/resources/${id}`, changes, 'PATCH');
  }

  /** @returns where the subscription stands: { status, categories, … } */
  async state(smid) {
    return this.#ask(`/unsub/state?${new URLSearchParams({ smid })}`);
  }

  /**
   * Wait for a good confirm, and return it.
   * @param {string} smid
   * @param {{ categories?: string[], timeoutMs?: number }} [options]
   *   categories: exactly these, in any order; left out: everything.
   */
  async expectConfirm(smid, options) {
    return await test.step(
      'expect confirm', () => this.#expect('confirm', smid, options), BOXED,
    );
  }

  /** Wait for a good cancel, see expectConfirm(). */
  async expectCancel(smid, options) {
    return await test.step(
      'expect cancel', () => this.#expect('cancel', smid, options), BOXED,
    );
  }

  /** Make sure that nothing came, good or bad, but what was expected. */
  async expectNothing({ withinMs = 500 } = {}) {
    await test.step('expect nothing', async () => {
      const calls = await this.#look(withinMs, (seen) => seen.length > 0);
      if (calls.length > 0) {
        throw new Error(describeAll('expected nothing:', calls));
      }
    }, BOXED);
  }

  /** Let calls that break these rules pass checkCalls(), until reset(). */
  allowBadCalls(...rules) {
    for (const rule of rules) this.#allowedRules.add(rule);
  }

  /** Make sure that no call since reset() was bad. */
  async checkCalls() {
    await test.step('check calls', async () => {
      const { calls } = await this.#ask('/_unsub/calls?verdict=bad');
      const bad = calls.filter((call) => !this.#allowedRules.has(call.rule));
      if (bad.length > 0) {
        throw new Error(describeAll('the page made bad calls:', bad));
      }
    }, BOXED);
  }

  async #expect(action, smid, { categories = null, timeoutMs = 5000 } = {}) {
    const expected = expectation(action, smid, categories);
    const isIt = (call) => differences(expected, call).length === 0;
    const calls = await this.#look(timeoutMs, (seen) => seen.some(isIt));
    const found = calls.find(isIt);
    if (!found) throw new Error(describeMiss(expected, calls, timeoutMs));
    this.#matched.add(found.id);
    return found;
  }

  // The calls that were not expected yet: as soon as they are enough, else when
  // the time is over.
  async #look(timeoutMs, isEnough) {
    const end = Date.now() + timeoutMs;
    const seen = [];
    for (let since = 0; ;) {
      const left = Math.max(0, end - Date.now());
      const { calls } = await this.#ask(
        `/_unsub/calls?since=${since}&wait=${left / 1000}`,
      );
      seen.push(...calls.filter(
        (call) => isChanging(call) && !this.#matched.has(call.id),
      ));
      if (left === 0 || isEnough(seen)) return seen;
      since = calls.at(-1)?.id ?? since;
    }
  }

  async #ask(path, body, method = 'POST') {
    const answer = await fetch(AKUNSUB_URL + path, body && {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${told.error_text}`);
    return told;
  }
}
