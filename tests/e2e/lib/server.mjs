// Starts the real program for one test, on a free port, with a database and an access log of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const at = (name, fallback) => process.env[name] ?? join(ROOT, fallback);
export const FOLDERS = { www: join(ROOT, 'www'), pkg: at('HOMEBODY_PKG', 'pkg'), shop: at('HOMEBODY_SHOP', 'target/demo/shop') };
export const PROGRAM = at('HOMEBODY_BIN', 'target/release/homebody');

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/** What a server needs to take in a month at once. */
export const MONTH = ['--reports-per-minute', '1000000', '--oldest-report', '31'];

/** @param {string[]} [flags] */
export async function startServer(flags = []) {
  const folder = await mkdtemp(join(tmpdir(), 'homebody-e2e-'));
  const log = join(folder, 'access.log');
  const child = spawn(PROGRAM, [
    'serve', '--shop', FOLDERS.shop, '--www', FOLDERS.www, '--pkg', FOLDERS.pkg,
    '--database', join(folder, 'reports.sqlite'), '--port', '0', '--access-log', log, ...flags,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const { url, token } = await greeting(child);

  return {
    url,
    token,
    /** The lines `METHOD PATH STATUS` so far. */
    accessLog: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean),
    async stop() {
      child.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for the lines that the program prints once it is ready. */
function greeting(child) {
  return new Promise((resolve, reject) => {
    let url, token, complaint = '';
    child.stderr.on('data', (data) => (complaint += data));
    child.once('error', ({ message }) => reject(new Error(`${message}; build it: cargo build --release -p homebody-cli`)));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${complaint}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      url = /listening on (http:\S+)/.exec(line)?.[1] ?? url;
      token = /staff token: (\S+)/.exec(line)?.[1] ?? token;
      if (url && token) resolve({ url: url.replace(/\/$/, ''), token });
    });
  });
}
