// What a module is made of: bytes of code by crate, and by room of the library, after optimising.
//
//   cargo xtask package
//   node benches/module.mjs [homebody | homebody_full]        (the core if none is named)
//
// Inlined code counts where it was inlined, so a crate's share is what stands under its name, not what would go with it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [module = 'homebody'] = process.argv.slice(2);
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url));
const bytes = read(`pkg/${module}_bg.wasm`);
// An index, a size and a name in each line.
const names = read(`target/xtask/${module}.symbols`).toString().split('\n').map((line) => line.replace(/^\d+:\d+_/, ''));

/** An unsigned LEB128 at a place: its value and where it ends. */
function number(at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}
const [code, data] = [[], { bytes: 0 }];
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
}

const sums = new Map();
code.forEach((size, place) => {
  const text = names[imported + place] ?? '?';
  const room = /homebody(?:\[[0-9a-f]+\])?::(\w+)/.exec(text)?.[1];
  const crate = /^[<&* ]*(\w+)(?:\[[0-9a-f]+\])?::/.exec(text)?.[1];
  const owner = room ? `homebody::${room}` : /shim$|^core_/.test(text) ? 'exported to JavaScript' : crate ?? 'other';
  sums.set(owner, (sums.get(owner) ?? 0) + size);
});
const all = code.reduce((sum, size) => sum + size, 0);
console.log(`${all.toLocaleString('en')} bytes of code, ${data.bytes.toLocaleString('en')} of data; ${gzipSync(bytes, { level: 9 }).length.toLocaleString('en')} in gzip\n`);
console.log('| what | bytes | share |\n| --- | ---: | ---: |');
const sorted = [...sums].sort(([, a], [, b]) => b - a);
for (const [owner, size] of sorted.slice(0, 25)) console.log(`| ${owner} | ${size.toLocaleString('en')} | ${((100 * size) / all).toFixed(1)} % |`);
