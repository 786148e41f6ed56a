import { result, writing } from './database.js';
import type { Bytes, Entries } from './rows.js';
import { SNAPSHOTS, doing, numbers, often } from './store.js';
import type { Known, Store } from './store.js';

/** What becomes of the log. */
export interface Edited {
  readonly gone: readonly number[];
  /** What is new to it. */
  readonly put: Entries;
  readonly snapshot: Bytes;
  /** Up to where it was reported already, elsewhere. */
  readonly reported: number | undefined;
}

/** Appends, changes what stands in the log, and keeps what is learnt from it as the only snapshot: what was learnt from the log as
 * it was is nowhere any more. `plan` sees the whole log, with the entries at its end. It may be asked again, and only what it
 * said last holds. Resolves to the log's new edition. */
export function edit(
  store: Store, entries: readonly Bytes[], known: Known, plan: (log: Entries) => Edited | undefined,
): Promise<'erased' | 'idle' | number> {
  return doing('changing the log', () => often(async () => {
    const before = await store.look([{ store: 'log' }]);
    if (before.head.erased !== known.erased) return 'erased';
    const [rows = []] = before.rest;
    const log = await store.opened(rows);
    // Asked after the log was read: what another tab puts there meanwhile is seen when it is written.
    const place = await nextPlace(store);
    const old = new Set(log.keys);
    const planned = plan({ keys: [...log.keys, ...entries.map((_, more) => place + more)], bytes: [...log.bytes, ...entries] });
    if (planned === undefined) return 'idle'; // what waits is written by the next flush
    const { gone, put, snapshot, reported } = planned;
    const sealed = await store.vault.seal([snapshot, ...put.bytes]);
    const edition = before.head.edition + 1;
    const done = await store.change(sealed, [{ store: 'log', keysOnly: true }], ({ head: now, rest: [there = []] }, stores) => {
      if (now.erased !== known.erased || now.edition !== before.head.edition || String(numbers(there)) !== String(log.keys)) return false;
      const [kept, meta] = [stores('log'), stores('meta')];
      gone.filter((key) => old.has(key)).forEach((key) => { kept.delete(key); });
      if (entries.length > 0) {
        // Places are given once, also to what goes at once: it may come back to its own.
        const end = place + entries.length - 1;
        kept.put(null, end);
        kept.delete(end);
      }
      put.keys.forEach((key, one) => { kept.put(sealed.records[1 + one], key); });
      meta.put(sealed.records[0], SNAPSHOTS[0]);
      meta.delete(SNAPSHOTS[1]);
      meta.put(edition, 'edition');
      if (reported !== undefined) meta.put(reported, 'reported');
      return true;
    });
    return done && edition;
  }));
}

/** Where the log's next entry comes, which only adding one tells. */
async function nextPlace({ db }: Store): Promise<number> {
  const transaction = writing(db);
  const place = await result(transaction.objectStore('log').add(null));
  transaction.abort();
  return Number(place);
}
