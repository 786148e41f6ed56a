// What the module is made of: bytes of code by crate, and by room of the library, after optimising.
//
//   cargo xtask package        (builds the module, and installs the tools)
//   node benches/module.mjs        (of the module that was built last: the core)
//
// Inlined code counts where it was inlined, so a crate's share is what stands under its name, not what would go with it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext', 'simd'].map((name) => `--enable-${name}`);
const path = [join(ROOT, 'target/tools/bin'), process.env.PATH].join(delimiter);

const folder = mkdtempSync(join(tmpdir(), 'homebody-module-'));
const run = (command, ...args) => execFileSync(command, args, { env: { ...process.env, PATH: path }, stdio: ['ignore', 'ignore', 'inherit'] });
run('wasm-bindgen', '--target', 'web', '--keep-debug', '--out-dir', folder, join(ROOT, 'target/wasm32-unknown-unknown/wasm/homebody.wasm'));
run(join(ROOT, 'node_modules/.bin/wasm-opt'), join(folder, 'homebody_bg.wasm'), '-Oz', '--converge', '--low-memory-unused', '-g', ...FEATURES, '-o', join(folder, 'named.wasm'));
const bytes = readFileSync(join(folder, 'named.wasm'));
rmSync(folder, { recursive: true });

/** An unsigned LEB128 at a place: its value and where it ends. */
function number(at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}
const name = (at) => {
  const [length, start] = number(at);
  return [bytes.toString('utf8', start, start + length), start + length];
};

const [code, names, data] = [[], new Map(), { bytes: 0 }];
let imported = 0;
for (let at = 8; at < bytes.length;) {
  const section = bytes[at];
  const [length, start] = number(at + 1);
  at = start + length;
  if (section === 2) imported = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === 'function').length;
  if (section === 11) data.bytes = length;
  if (section === 10) {
    let [count, place] = number(start);
    for (; count > 0; count -= 1) {
      const [size, body] = number(place);
      code.push(size);
      place = body + size;
    }
  }
  if (section === 0) {
    let [title, place] = name(start);
    while (title === 'name' && place < at) {
      const kind = bytes[place];
      const [size, body] = number(place + 1);
      place = body + size;
      if (kind !== 1) continue;
      let [count, entry] = number(body);
      for (; count > 0; count -= 1) {
        const [index, after] = number(entry);
        const [text, end] = name(after);
        names.set(index, text);
        entry = end;
      }
    }
  }
}

const sums = new Map();
code.forEach((size, place) => {
  const text = names.get(imported + place) ?? '?';
  const room = /homebody(?:\[[0-9a-f]+\])?::(\w+)/.exec(text)?.[1];
  const crate = /^[<&* ]*(\w+)(?:\[[0-9a-f]+\])?::/.exec(text)?.[1];
  const owner = room ? `homebody::${room}` : /shim$|^core_/.test(text) ? 'exported to JavaScript' : crate ?? 'other';
  sums.set(owner, (sums.get(owner) ?? 0) + size);
});
const all = code.reduce((sum, size) => sum + size, 0);
console.log(`${all.toLocaleString('en')} bytes of code, ${data.bytes.toLocaleString('en')} of data; ${gzipSync(bytes, { level: 9 }).length.toLocaleString('en')} in gzip with the names\n`);
console.log('| what | bytes | share |\n| --- | ---: | ---: |');
const sorted = [...sums].sort(([, a], [, b]) => b - a);
for (const [owner, size] of sorted.slice(0, 25)) console.log(`| ${owner} | ${size.toLocaleString('en')} | ${((100 * size) / all).toFixed(1)} % |`);
