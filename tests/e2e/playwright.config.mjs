// End-to-end tests: the real pages and package from the real server, in a real Chromium.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './lib/chrome.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: '../../test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: 'list',
  timeout: 90_000, // a stop for what hangs, not a measure
  expect: { timeout: 20_000 },
  use: { launchOptions, actionTimeout: 20_000, trace: 'off' },
});
