// The test function with a real server behind it, one for each test, and a page that hides no error.
import { test as base } from '@playwright/test';
import { startServer } from './server.mjs';

export const test = base.extend({
  server: async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.stop();
  },
  /** Tests that expect an error on the page say so by `pageErrors.length = 0`. */
  pageErrors: [async ({ page }, use) => {
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await use(errors);
    if (errors.length > 0) throw new Error(`the page reported: ${errors.join('; ')}`);
  }, { auto: true }],
});

export { expect } from '@playwright/test';
