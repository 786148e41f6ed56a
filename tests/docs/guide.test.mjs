// Every `homebody` line of docs/guide/data.md, on a small table of its shape, in an empty folder.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT, read } from './documents.mjs';

const PROGRAM = process.env.HOMEBODY_BIN ?? join(ROOT, 'target/release/homebody');
const folder = mkdtempSync(join(tmpdir(), 'homebody-guide-'));
after(() => rmSync(folder, { recursive: true }));

const ITEMS = Array.from({ length: 90 }, (_, at) => ({ id: `sku-${at}`, price: (1 + at / 10).toFixed(2) }));
const guide = read('docs/guide/data.md');
const commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*/, '')).filter((line) => line.startsWith('homebody '));

test('each command of the guide does what it is there for', async () => {
  const [header, ...rows] = /```csv\n(.*?)```/s.exec(guide)[1].trim().split('\n');
  writeFileSync(join(folder, 'orders.csv'), [header, ...rows, ...orders()].join('\n'));
  writeFileSync(join(folder, 'items.csv'), ['item,name,brand,category,price', ...ITEMS.map(({ id, price }, at) =>
    `${id},Product ${at},Brand ${at % 3},${['Dairy > Cheese', 'Dairy > Milk', 'Bakery > Bread'][at % 3]},${price}`)].join('\n'));
  for (const name of ['www', 'pkg']) symlinkSync(join(ROOT, name), join(folder, name));

  assert.ok(commands.length >= 9, commands.join('\n'));
  for (const line of commands) {
    const words = line.split(' ').slice(1);
    if (words[0] === 'serve') await serve(words);
    else execFileSync(PROGRAM, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }
});

/** Starts it, asks for the catalogue, ends it. */
async function serve(words) {
  const child = spawn(PROGRAM, words, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (data) => {
        said += data;
        const found = /listening on (\S+)/.exec(said)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const catalogue = await (await fetch(new URL('/shop/catalogue.json', url))).json();
    assert.equal(catalogue.ids.length, ITEMS.length);
  } finally {
    child.kill();
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

/** Shoppers who take six things of their own again and again, and now and then another. */
function orders() {
  const lines = [];
  for (let user = 1; user <= 120; user += 1) {
    for (let week = 0; week < 20; week += 1) {
      const own = [1, 2, 3].map((n) => ITEMS[(user * 7 + ((week + n) % 6) * 13) % ITEMS.length]);
      const other = ITEMS[(user * 31 + week * 17) % ITEMS.length];
      const time = new Date(Date.UTC(2025, 0, 1 + week * 7, user % 24)).toISOString();
      for (const { id, price } of new Set([...own, other])) lines.push(`u${user},${id},${time},${price},1`);
    }
  }
  return lines;
}
