// Learning, all methods in turn: from the page's string to the changed profile, in batches of random items. The write
// to IndexedDB comes after each batch and is not part of it, as it is batched and waits for nobody. The first batch of a
// turn comes when the others and the store have had the caches; the second, five times as long, right behind it.
import { openProfile } from '../../pkg/index.js';
import { median, seeded, shuffled } from './rank.mjs';
import { floats, readTable } from './table.mjs';

const [ROUNDS, BATCH, ROW, NEGATIVES] = [41, 200, 5, 8];

/** @param bundles urls by name: `sgd`, `fold` (with settings of the fold-in) */
export async function step(bundles) {
  const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const plain = await bytes(bundles.sgd);
  const table = readTable(plain);
  const random = seeded(7);
  const ids = Array.from({ length: table.items }, (_, item) => `item-${String(item).padStart(7, '0')}`);
  const methods = [
    await homebody('homebody, Sgd', plain), await homebody('homebody, Sgd and FoldIn', await bytes(bundles.fold)),
    javascript(table, ids, random), readLimit(table, random), await tensorflow('wasm', table, random), await tensorflow('cpu', table, random),
  ];
  const times = new Map(methods.map(({ name }) => [name, { paused: [], row: [] }]));
  const timed = (learn, calls) => {
    // A page has the id at hand: to look it up in a list of them all is no part of a step.
    const drawn = Array.from({ length: calls }, () => {
      const item = Math.floor(random() * table.items);
      return [ids[item], item];
    });
    const start = performance.now();
    for (const [id, item] of drawn) learn(id, item);
    return ((performance.now() - start) / calls) * 1000;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, before, learn, after, calls = BATCH } of shuffled(methods, random)) {
      await before?.();
      times.get(name).paused.push(timed(learn, calls));
      times.get(name).row.push(timed(learn, calls * (calls === BATCH ? ROW : 1)));
      await after();
    }
  }
  const visit = await thousandASecond(plain, ids, random);
  for (const { end } of methods) await end();
  return {
    items: table.items, dim: table.dim, rounds: ROUNDS, batch: BATCH, visit,
    methods: methods.map(({ name }) => ({ name, median: median(times.get(name).paused), row: median(times.get(name).row) })),
  };
}

async function homebody(name, factors) {
  const profile = await openProfile({ factors, consent: { profile: true, reports: false }, database: `bench-${Math.random()}` });
  const learn = (id) => {
    const refusal = profile.record('view', id, { dwell: 20_000 });
    if (refusal !== undefined && refusal !== 'duplicate') throw new Error(refusal);
  };
  const end = async () => {
    const { before, after } = profile.lastStep();
    if (before.every((p, at) => p === after[at])) throw new Error(`${name} has learnt nothing`);
    await profile.erase();
    profile.close();
  };
  return { name, learn, after: () => profile.saved(), end };
}

/** What one writes by hand: a map from id to place, one vector, one step on the logistic loss. */
function javascript(table, ids, random) {
  const { items, dim } = table;
  const rows = floats(table), places = new Map(ids.map((id, item) => [id, item]));
  const vector = new Float32Array(dim), moved = new Float32Array(dim);
  const push = (item, label, weight) => {
    let score = 0;
    const at = item * dim;
    for (let j = 0; j < dim; j++) score += rows[at + j] * vector[j];
    const step = 0.1 * weight * (label - 1 / (1 + Math.exp(-score)));
    for (let j = 0; j < dim; j++) moved[j] += step * rows[at + j];
  };
  const learn = (id) => {
    moved.fill(0);
    push(places.get(id), 1, 1);
    for (let n = 0; n < NEGATIVES; n++) push(Math.floor(random() * items), 0, 1 / NEGATIVES);
    for (let j = 0; j < dim; j++) vector[j] += moved[j];
  };
  return { name: 'JavaScript by hand, one vector', learn, after: () => undefined, end: () => finite(vector) };
}

/** The memory's share: a byte of each cache line of an item and of its negatives, as they lie for the ranking. */
function readLimit({ items, dim }, random) {
  const [lanes, group] = [16, 4];
  const block = dim * lanes, bytes = new Uint8Array(Math.ceil(items / lanes) * block).fill(1);
  let seen = 0;
  const read = (item) => {
    const at = Math.floor(item / lanes) * block + (item % lanes) * group;
    for (let j = 0; j < block; j += lanes * group) seen += bytes[at + j];
  };
  const learn = (_, item) => {
    read(item);
    for (let n = 0; n < NEGATIVES; n++) read(Math.floor(random() * items));
  };
  const end = () => { if (seen === 0) throw new Error('nothing was read'); };
  return { name: 'reading nine items anywhere, nothing else', learn, after: () => undefined, end };
}

async function tensorflow(backend, table, random) {
  const { tf } = globalThis;
  tf.wasm.setWasmPaths(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).href);
  tf.wasm.setThreadsCount(1);
  const inBackend = async () => { await tf.setBackend(backend); await tf.ready(); };
  await inBackend();
  const rows = tf.tensor2d(floats(table), [table.items, table.dim]);
  const vector = tf.variable(tf.zeros([table.dim, 1]));
  const signs = tf.tensor2d([-1, ...Array(NEGATIVES).fill(1)], [NEGATIVES + 1, 1]); // softplus(∓score)
  const optimizer = tf.train.sgd(0.1);
  const learn = (_, item) => {
    optimizer.minimize(() => {
      const places = tf.tensor1d([item, ...Array.from({ length: NEGATIVES }, () => Math.floor(random() * table.items))], 'int32');
      const scores = tf.matMul(tf.gather(rows, places), vector);
      return tf.mean(tf.softplus(tf.mul(scores, signs)));
    });
  };
  const end = async () => {
    await inBackend();
    finite(await vector.data());
    [rows, vector, signs].forEach((one) => { one.dispose(); });
  };
  return { name: `tfjs ${backend}, optimizer.minimize`, before: inBackend, learn, after: () => undefined, end, calls: 20 };
}

function finite(vector) {
  if (!vector.every(Number.isFinite) || vector.every((p) => p === 0)) throw new Error('nothing was learnt');
}

/** Three seconds of a thousand events each: is there a task that holds the page up? */
async function thousandASecond(factors, ids, random) {
  const profile = await openProfile({ factors, consent: { profile: true, reports: false }, database: `bench-${Math.random()}` });
  // The task that opened it is no part of this.
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  const long = [];
  const observer = new PerformanceObserver((list) => { long.push(...list.getEntries().map(({ duration }) => duration)); });
  observer.observe({ type: 'longtask' });
  let events = 0;
  const start = performance.now();
  while (performance.now() - start < 3_000) {
    const due = performance.now() - start;
    for (; events < due; events++) profile.record('view', ids[Math.floor(random() * ids.length)], { dwell: 20_000 });
    await new Promise((resolve) => { setTimeout(resolve, 8); });
  }
  await profile.saved();
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  observer.disconnect();
  // The control: a task that is long is seen.
  let seen = false;
  const control = new PerformanceObserver(() => { seen = true; });
  control.observe({ type: 'longtask' });
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  for (const busy = performance.now(); performance.now() - busy < 80;);
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  control.disconnect();
  const stored = profile.state().interactions;
  await profile.erase();
  profile.close();
  return { events, stored, longTasks: long.length, longest: Math.max(0, ...long), control: seen };
}
