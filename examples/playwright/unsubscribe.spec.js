import { fileURLToPath } from 'node:url';

import { expect, test } from '@playwright/test';

import { Unsub } from './unsub.js';

// Put your page's address here; when a server of yours serves it, leave
// page.route() out.
const PAGE = 'https://shop.example/unsubscribe';
const FILE = fileURLToPath(new URL('unsubscribe.html', import.meta.url));
// Of the endpoint's sample: GET /_unsub/messages lists them.
const SMID = 'fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA';
const RESOURCE = 73;

const unsub = new Unsub();

test.beforeEach(async ({ page }) => {
  await unsub.reset();
  await unsub.forwardPixelHosts(page);
  await page.route(`${PAGE}?*`, (route) => route.fulfill({ path: FILE }));
  await page.goto(`${PAGE}?smid=${SMID}`);
});

test.afterEach(() => unsub.checkCalls());

const press = (page, name) => page.getByRole('button', { name }).click();

test('leaving everything', async ({ page }) => {
  await press(page, 'Unsubscribe from everything');

  await expect(page.getByRole('status')).toHaveText('You are unsubscribed.');
  await unsub.expectConfirm(SMID);
  await unsub.expectNothing();
  expect((await unsub.state(SMID)).status).toBe('unsubscribed');
});

test('leaving some categories', async ({ page }) => {
  await page.getByLabel('Surveys').check();
  await page.getByLabel('Special offers').check();
  await press(page, 'Stop what is ticked');

  await unsub.expectConfirm(SMID, { categories: ['category_1', 'category_2'] });
  expect((await unsub.state(SMID)).status).toBe('subscribed');
});

test('nothing ticked is not everything', async ({ page }) => {
  await press(page, 'Stop what is ticked');

  await expect(page.getByRole('status')).toHaveText('Tick what should stop.');
  await unsub.expectNothing();
});

test('opening the page unsubscribes nobody', async () => {
  await unsub.expectNothing();
});

test('changing one\'s mind before the timer is over', async ({ page }) => {
  await unsub.setResource(RESOURCE, { mode: 'delayed', timer_seconds: 1800 });
  await press(page, 'Unsubscribe from everything');
  await unsub.expectConfirm(SMID);
  await unsub.moveClock(29 * 60);
  await press(page, 'Stay subscribed');

  await unsub.expectCancel(SMID);
  expect((await unsub.state(SMID)).status).toBe('subscribed');
});

test('changing one\'s mind too late', async ({ page }) => {
  unsub.allowBadCalls('too_late');
  await unsub.setResource(RESOURCE, { mode: 'delayed', timer_seconds: 1800 });
  await press(page, 'Unsubscribe from everything');
  await unsub.expectConfirm(SMID);
  await unsub.moveClock(30 * 60);
  await press(page, 'Stay subscribed');

  await expect(page.getByRole('status'))
    .toHaveText('Too late: you are unsubscribed.');
  expect((await unsub.state(SMID)).status).toBe('unsubscribed');
});
