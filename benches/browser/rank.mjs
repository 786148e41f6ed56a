// Ranking, all methods in turn: after some clicks of a shopper everybody gets the same vector, in a new order each round,
// and every answer is compared with scores in f64.
import { openProfile } from '../../pkg/index.js';
import { peers } from './peers.mjs';
import { question, readTable, reference, telling } from './table.mjs';

const K = 20;
const DAY = 86_400_000;

/** Rounds and calls in a row for so many items: a turn must be long enough for the clock. */
const turns = (items) => (items <= 10_000 ? [41, 40] : items <= 100_000 ? [41, 10] : [21, 2]);

export async function rank(plainUrl, shopUrl, visitUrl, limitUrl) {
  const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const plainBytes = await bytes(plainUrl);
  const shopBytes = await bytes(shopUrl);
  const visitBytes = await bytes(visitUrl);
  const [table, shopTable, visitTable] = [readTable(plainBytes), readTable(shopBytes), readTable(visitBytes)];
  const clock = fixedClock();
  const [plain, shop, visit] = [await shopper(plainBytes), await shopper(shopBytes), await shopper(visitBytes)];
  const { methods: others, skipped } = await peers(table, await bytes(limitUrl));

  const bare = { limit: K, reasons: false, perCategory: 0, bought: 'keep' };
  const places = (list) => list.map(({ id }) => place(id));
  const methods = [
    { name: 'homebody', before: forget(plain), run: () => plain.recommend(bare), placed: places, wanted: () => best },
    { name: 'homebody, with reasons and 3 of a category', before: forget(shop), run: () => shop.recommend({ limit: K }), placed: places, wanted: () => ruled },
    ...others,
  ];
  const [rounds, calls] = turns(table.items);
  const seen = new Map(methods.map(({ name }) => [name, { times: [], right: 0 }]));
  const again = { name: 'homebody, again after a click', wanted: true };
  const [afterClicks, afterVisited] = [[], []];
  const random = seeded(table.items);
  let [best, ruled, shown] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    for (let click = 0; click < 5; click++) {
      clock.pass(DAY / 48);
      const item = id(Math.floor(random() * table.items));
      for (const profile of [plain, shop]) profile.record(round % 4 === 0 && click === 0 ? 'purchase' : 'view', item, { dwell: 20_000 });
      afterClicks.push(timed(() => plain.recommend(bare)));
      // Four of five clicks are on what is shown.
      visit.record('view', shown[random() < 0.8 ? Math.floor(random() * K) : K] ?? item, { dwell: 20_000 });
      let list;
      afterVisited.push(timed(() => { list = visit.recommend(bare); }));
      shown = list.map(({ id }) => id);
    }
    check(round, again.name, shown.map(place), reference(visitTable, asked(visit, visitTable, random), K));
    const vector = asked(plain, table, random);
    const bought = shop.recommend({ list: 'buy-again', limit: 200, reasons: false });
    best = reference(table, vector, K);
    ruled = reference(shopTable, asked(shop, shopTable, random), K, { cap: 3, without: places(bought) });
    for (const { name, before, run, placed, isRight, wanted } of shuffled(methods, random)) {
      let answer = await run(vector); // what only the first call costs is nobody's
      let [time, start] = [0, performance.now()];
      for (let call = 0; call < calls; call++) {
        if (before === undefined) answer = await run(vector);
        else {
          before();
          time += timed(() => { answer = run(vector); });
        }
      }
      if (before === undefined) time = performance.now() - start;
      if (placed !== undefined) answer = placed(answer); // ids are what a shop wants, places what is compared
      const one = seen.get(name);
      one.times.push(time / calls);
      one.right += isRight === undefined ? shared(answer, best) : Number(isRight(answer));
      // Others may be near; what is ours must be the same items in the same order.
      if (wanted !== undefined) check(round, name, answer, wanted());
    }
  }
  others.forEach(({ end }) => end?.());
  [plain, shop, visit].forEach((profile) => { profile.close(); });
  clock.stop();
  seen.set(again.name, { times: afterVisited });
  return {
    items: table.items, dim: table.dim, rounds, calls, skipped, afterClick: median(afterClicks),
    methods: [...methods, again].map(({ name, note, wanted }) => ({ name, note, median: median(seen.get(name).times), recall: wanted ? 1 : seen.get(name).right / rounds })),
  };
}

/** In a hundred years nothing is left of a taste: what is known of the scores by then is of no use to the next list. */
const forget = (profile) => () => profile.recommend({ limit: 1, reasons: false, at: Date.now() + 100 * 365 * DAY });

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function check(round, name, answer, wanted) {
  if (!same(answer, wanted)) throw new Error(`round ${round}, ${name}: ${answer} instead of ${wanted}`);
}

const shopper = (factors) => openProfile({ factors, database: `bench-${Math.random()}` });

/** The numbers behind what a shopper is asked, from the scores of some items. */
function asked(profile, table, random) {
  const scored = profile.rank(telling(table, random).map(id), { reasons: false });
  return question(table, scored.map(({ id, score }) => ({ item: place(id), score })));
}

const id = (item) => `item-${String(item).padStart(7, '0')}`;
const place = (id) => Number(id.slice(5));

/** Time passes only when it is told to, so that two questions are asked at one time. */
function fixedClock() {
  const now = Date.now;
  let at = now.call(Date);
  Date.now = () => at;
  return { pass: (by) => { at += by; }, stop: () => { Date.now = now; } };
}

const same = (a, b) => a.length === b.length && a.every((item, at) => item === b[at]);
const shared = (a, b) => a.filter((item) => b.includes(item)).length / b.length;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

export function shuffled(list, random) {
  const all = [...list];
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other], all[at]];
  }
  return all;
}

/** mulberry32 (Tommy Ettinger). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
