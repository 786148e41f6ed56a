// What the page's own thread is busy with, for a profile on the page and for one in a worker. The page makes the calls;
// the browser counts the thread's time (DevTools protocol, `TaskDuration`), so what follows a call is in it, too: messages,
// the store, the listeners. Who does nothing in the same loop is taken off.
import { openProfile } from '../../pkg/index.js';
import { openProfile as openInWorker } from '../../pkg/worker/index.js';
import { median } from './rank.mjs';

const RECORDS = 10;

let profiles;

export async function open(factors) {
  const options = { factors, consent: { profile: true, reports: false } };
  const nothing = async () => undefined;
  profiles = {
    nothing: { record: nothing, recommend: nothing, saved: nothing },
    page: await openProfile({ ...options, database: 'bench-page' }),
    worker: await openInWorker({ ...options, database: 'bench-worker' }),
  };
}

/** Makes the calls, each in a task of its own; ten records make a task, as a page of impressions does. Returns how many
 * calls, and the median time from call to answer in ms. */
export async function spend(where, verb, tasks) {
  const profile = profiles[where];
  const trips = [];
  for (let task = 0; task < tasks; task++) {
    const start = performance.now();
    if (verb === 'record') {
      const items = Array.from({ length: RECORDS }, () => `item-${String(Math.floor(Math.random() * 100_000)).padStart(7, '0')}`);
      const refused = await Promise.all(items.map((item) => profile.record('view', item, { dwell: 20_000 })));
      if (refused.some((one) => one !== undefined && one !== 'duplicate')) throw new Error(`${where}: ${refused}`);
    } else {
      const list = await profile.recommend({ limit: 20 });
      if (where !== 'nothing' && list.length !== 20) throw new Error(`${where}: no list`);
    }
    trips.push(performance.now() - start);
    await new Promise((resolve) => { setTimeout(resolve); });
  }
  await profile.saved();
  return { calls: tasks * (verb === 'record' ? RECORDS : 1), trip: median(trips) };
}

export async function close() {
  for (const profile of [profiles.page, profiles.worker]) {
    await profile.erase();
    await profile.close();
  }
}
