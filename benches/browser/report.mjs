// What each measurement says of itself, and where its figures go.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Prints and returns on what it was measured, and when. */
export function about(browser, versions = {}) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const on = {
    cpu: cpus()[0].model, browser: `Chromium ${browser.version()}`, versions: { homebody: version, ...versions }, date: new Date().toISOString().slice(0, 10),
  };
  console.log(`${on.cpu} · ${on.browser} · ${Object.entries(on.versions).map(([name, is]) => `${name} ${is}`).join(' · ')}`);
  return on;
}

export function save(name, value) {
  mkdirSync(join(ROOT, 'benches/results'), { recursive: true });
  writeFileSync(join(ROOT, `benches/results/${name}.json`), `${JSON.stringify(value, null, 1)}\n`);
}

/** Median and the middle half's ends. */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)];
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
