import { defineConfig } from 'cypress';

export default defineConfig({
  // From with-endpoint.js, or one that you started.
  env: { AKUNSUB_URL: process.env.AKUNSUB_URL },
  // The page is in this folder. Yours: { baseUrl: 'http://localhost:3000' }.
  e2e: {},
});
