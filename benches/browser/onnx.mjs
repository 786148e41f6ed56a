// Writes the three small ONNX models of the comparison: a product and its 20 best. Protobuf by hand, since all that is
// needed of it is "field, length, bytes" (https://protobuf.dev/programming-guides/encoding, onnx.proto).

const FLOAT = 1, UINT8 = 2, INT8 = 3, INT32 = 6, INT64 = 7;

/** Items × d, times the query as a column: what one writes first. */
export const asWritten = (table, items, dim) => model(
  [tensor('items', FLOAT, [items, dim], table)],
  [node('MatMul', ['items', 'query'], ['column']), node('Flatten', ['column'], ['row'], [int('axis', 0)])],
  ['query', FLOAT, [dim, 1]], FLOAT,
);

/** The query as a row, times the items' transpose. */
export const transposed = (table, items, dim) => model(
  [tensor('items', FLOAT, [dim, items], table)],
  [node('MatMul', ['query', 'items'], ['row'])],
  ['query', FLOAT, [1, dim]], FLOAT,
);

/** The same in whole numbers: the query as uint8 with its zero at 128. */
export const whole = (table, items, dim) => model(
  [tensor('items', INT8, [dim, items], table), tensor('zero', UINT8, [], Uint8Array.of(128))],
  [node('MatMulInteger', ['query', 'items', 'zero'], ['row'])],
  ['query', UINT8, [1, dim]], INT32,
);

function model(weights, nodes, [name, type, shape], scores) {
  const best = node('TopK', ['row', 'k'], ['values', 'places']);
  const graph = [
    ...[...nodes, best].map((one) => field(1, one)), text(2, 'rank'),
    ...[tensor('k', INT64, [1], new BigInt64Array([20n])), ...weights].map((one) => field(5, one)),
    field(11, value(name, type, shape)), field(12, value('values', scores, [1, 20])), field(12, value('places', INT64, [1, 20])),
  ];
  return flat([number(1, 8), field(7, graph), field(8, [text(1, ''), number(2, 13)])]);
}

const node = (kind, inputs, outputs, attributes = []) =>
  [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, kind), ...attributes.map((one) => field(5, one))];

const int = (name, value) => [text(1, name), number(3, value), number(20, 2)];

const tensor = (name, type, shape, data) => [
  ...shape.map((side) => number(1, side)), number(2, type), text(8, name),
  field(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
];

const value = (name, type, shape) =>
  [text(1, name), field(2, [field(1, [number(1, type), field(2, shape.map((side) => field(1, [number(1, side)])))])])];

const varint = (value) => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.from([...bytes, value]);
};
const number = (at, value) => [varint(at * 8), varint(value)];
const text = (at, words) => field(at, [new TextEncoder().encode(words)]);
const field = (at, parts) => {
  const all = parts.flat(Infinity);
  return [varint(at * 8 + 2), varint(all.reduce((sum, part) => sum + part.length, 0)), ...all];
};

function flat(parts) {
  const all = parts.flat(Infinity);
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
