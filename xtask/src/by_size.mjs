// Names each function of a module by its size, so that wasm-opt, which sorts by name, sorts by size.
//
//   node by_size.mjs module.wasm symbols      (a line for each function, as wasm-opt writes them: "index:name")
import { readFileSync, writeFileSync } from 'node:fs';

const [file, symbols] = process.argv.slice(1);
const bytes = readFileSync(file);

/** An unsigned LEB128 at a place, and where it ends. */
function number(at) {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}
const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(value >>> 7)]);
const sized = (parts) => {
  const all = Buffer.concat(parts);
  return [Buffer.from(written(all.length)), all];
};

const sizes = [];
for (let at = 8; at < bytes.length;) {
  const section = bytes[at];
  const [length, start] = number(at + 1);
  at = start + length;
  if (section !== 10) continue;
  for (let [count, place] = number(start); count > 0; count -= 1) {
    const [size, body] = number(place);
    sizes.push(size);
    place = body + size;
  }
}

// Names are a section of its own at the end, which wasm-opt has left out.
const functions = readFileSync(symbols, 'utf8').trim().split('\n').map((line) => /^(\d+):(.*)$/.exec(line).slice(1));
const imported = functions.length - sizes.length;
const entry = ([index, name]) => {
  const size = String(sizes[index - imported] ?? 0).padStart(6, '0');
  return [Buffer.from(written(Number(index))), ...sized([Buffer.from(`${size}_${name}`)])];
};
const listed = sized([Buffer.from(written(functions.length)), ...functions.flatMap(entry)]);
const section = sized([...sized([Buffer.from('name')]), Buffer.from([1]), ...listed]);
writeFileSync(file, Buffer.concat([bytes, Buffer.from([0]), ...section]));
