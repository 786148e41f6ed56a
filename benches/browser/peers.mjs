// What one would take instead of homebody. Each method is { name, run(question) → places of the 20 best, best first }.
import * as ort from './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs';
import { loadHnswlib } from './node_modules/hnswlib-wasm/dist/hnswlib.js';
import { asWritten, transposed, whole } from './onnx.mjs';
import { floats, keep, transpose } from './table.mjs';

const K = 20;
const HERE = new URL('.', import.meta.url).href;
const LARGEST_INDEX = 100_000, LARGEST_AS_WRITTEN = 100_000;

/** All of them for one table, and what was left out. */
export async function peers(table, limit) {
  const { items, dim } = table;
  const rows = floats(table);
  const columns = transpose(rows, items, dim);
  const skipped = [];
  const methods = [flat(rows, items, dim), ...(await tensorflow(rows, columns, items, dim)), await readLimit(table, limit)];
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = `${HERE}node_modules/onnxruntime-web/dist/`;
  const onnx = async (name, bytes, question) => {
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    return { name, run: async (vector) => Array.from((await session.run({ query: question(vector) })).places.data, Number) };
  };
  methods.push(await onnx('onnxruntime-web, transposed', transposed(columns, items, dim), (p) => new ort.Tensor('float32', p, [1, dim])));
  methods.push(await onnx('onnxruntime-web, int8', whole(transpose(table.values, items, dim), items, dim), (p) => new ort.Tensor('uint8', words(p, table.scale), [1, dim])));
  if (items <= LARGEST_AS_WRITTEN) {
    methods.push(await onnx('onnxruntime-web, as written', asWritten(rows, items, dim), (p) => new ort.Tensor('float32', p, [dim, 1])));
    methods.push(naive(rows, items, dim));
  } else skipped.push('onnxruntime-web, as written, and naive JavaScript: they need gigabytes');
  if (items <= LARGEST_INDEX) methods.push(...(await hnsw(rows, items, dim)));
  else skipped.push('hnswlib-wasm: its index takes minutes to build');
  return { methods, skipped };
}

function flat(rows, items, dim) {
  const run = (vector) => {
    const best = [];
    for (let item = 0, at = 0; item < items; item++) {
      let score = 0;
      for (let j = 0; j < dim; j++) score += rows[at++] * vector[j];
      keep(best, K, item, score);
    }
    return best.map(({ item }) => item);
  };
  return { name: 'JavaScript, one Float32Array', run };
}

function naive(rows, items, dim) {
  const lists = Array.from({ length: items }, (_, item) => Array.from(rows.subarray(item * dim, (item + 1) * dim)));
  const run = (vector) => lists.map((list, item) => ({ item, score: list.reduce((sum, q, j) => sum + q * vector[j], 0) }))
    .sort((a, b) => b.score - a.score).slice(0, K).map(({ item }) => item);
  return { name: 'JavaScript, arrays and sort', run };
}

async function tensorflow(rows, columns, items, dim) {
  const { tf } = globalThis;
  tf.wasm.setWasmPaths(`${HERE}node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
  tf.wasm.setThreadsCount(1);
  await tf.setBackend('wasm');
  const [asRows, asColumns] = [tf.tensor2d(rows, [items, dim]), tf.tensor2d(columns, [dim, items])];
  const best = (scores) => Array.from(tf.topk(scores, K).indices.dataSync());
  return [
    { name: 'tfjs wasm, as written', run: (vector) => tf.tidy(() => best(tf.reshape(tf.matMul(asRows, tf.tensor2d(vector, [dim, 1])), [items]))), end: () => asRows.dispose() },
    { name: 'tfjs wasm, transposed', run: (vector) => tf.tidy(() => best(tf.reshape(tf.matMul(tf.tensor2d(vector, [1, dim]), asColumns), [items]))), end: () => asColumns.dispose() },
  ];
}

async function hnsw(rows, items, dim) {
  const library = await loadHnswlib();
  const points = Array.from({ length: items }, (_, item) => rows.subarray(item * dim, (item + 1) * dim));
  const exact = new library.BruteforceSearch('ip', dim);
  exact.initIndex(items);
  points.forEach((point, item) => exact.addPoint(point, item));
  const graph = new library.HierarchicalNSW('ip', dim, '');
  graph.initIndex(items, 16, 200, 100);
  const start = performance.now();
  points.forEach((point, item) => graph.addPoint(point, item, false));
  const built = performance.now() - start;
  graph.setEfSearch(200);
  // Sorted by distance, nearest first, whichever way the library hands it over.
  const search = (index) => (vector) => {
    const { distances, neighbors } = index.searchKnn(vector, K, undefined);
    return neighbors.map((item, at) => [item, distances[at]]).sort((a, b) => a[1] - b[1]).map(([item]) => item);
  };
  return [
    { name: 'hnswlib-wasm, exact', run: search(exact) },
    { name: 'hnswlib-wasm, approximate (ef 200)', run: search(graph), note: `${(built / 1000).toFixed(0)} s to build` },
  ];
}

/** Reads the int8 table once; its answer is a sum, which is checked like the others' lists. */
async function readLimit({ values }, source) {
  const { instance } = await WebAssembly.instantiate(source);
  const { memory, sum } = instance.exports;
  const end = Math.ceil(values.length / 128) * 128 + 65_536;
  memory.grow(Math.ceil(end / 65_536));
  new Int8Array(memory.buffer, 65_536).set(values);
  const lanes = new Int8Array(16);
  values.forEach((value, at) => { lanes[at % 16] += value; });
  const wanted = lanes.reduce((all, lane) => all + lane, 0);
  return { name: 'read limit', run: () => sum(65_536, end), isRight: (answer) => answer === wanted };
}

/** A query as uint8, the scales of the table worked in. */
function words(vector, scale) {
  const weighed = vector.map((p, j) => p * scale[j]);
  const largest = weighed.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Uint8Array.from(weighed, (value) => 128 + Math.round((value / largest) * 127));
}
