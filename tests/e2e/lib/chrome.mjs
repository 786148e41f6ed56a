// Which Chromium, and with which flags: the same for the check and for the tests.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** `CHROME`, else PATH; `undefined` leaves the choice to Playwright's own download. */
export function findChrome(env = process.env) {
  if (env.CHROME) return env.CHROME;
  const folders = (env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

export const launchOptions = {
  executablePath: findChrome(),
  headless: true,
  // Without these the browser asks its maker for updates and settings, and the network log would show it.
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  ],
};
