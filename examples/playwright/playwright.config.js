import { defineConfig } from '@playwright/test';

import { AKUNSUB_URL } from './unsub.js';

const { port } = new URL(AKUNSUB_URL);

export default defineConfig({
  // All tests ask one endpoint, and each one resets it.
  workers: 1,
  use: {
    // A browser of the system's; left out, Playwright's own.
    launchOptions: { executablePath: process.env.CHROMIUM_PATH },
  },
  webServer: {
    // Your resources and messages: add --config akunsub.toml.
    command: `akunsub serve --port ${port} --db unsub-test.db`,
    url: `${AKUNSUB_URL}/_unsub/health`,
    // Never one that somebody just happens to run: the tests reset it.
    reuseExistingServer: Boolean(process.env.AKUNSUB_URL),
  },
});
