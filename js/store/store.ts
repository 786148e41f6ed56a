import { failed, openDatabase, read, write } from './database.js';
import type { Ask, Row, Stores } from './database.js';
import { same } from './rows.js';
import type { Bytes, Entries } from './rows.js';
import { vault } from './vault.js';
import type { Sealed, Vault } from './vault.js';

/** How often work is begun again because another tab was faster. */
const TRIES = 20;
/** Lines of the ledger kept: more than a year of reports of all types. */
const MAX_LEDGER = 600;
export const SNAPSHOTS = ['snapshot-a', 'snapshot-b'] as const;

/** What a tab knows of the store: if it is not so any more, the tab looks again. */
export interface Known {
  /** The date of the last erasure is the store's epoch. */
  readonly erased: number | undefined;
  /** How often what stands in the log was changed: else only its end is ever written. */
  readonly edition: number;
}

/** All that is short in the store. */
export interface Head extends Known {
  readonly budget: Uint8Array | undefined;
  /** The log's position up to which reports have counted. */
  readonly reported: number;
}

/** The store as a transaction finds it. */
interface Moment {
  readonly head: Head;
  /** What was asked beside. */
  readonly rest: Row[][];
}

/** What another tab has done since this one looked. */
export type Changed = 'erased' | 'edited';

export interface Loaded {
  readonly head: Head;
  /** Both generations, as far as they are there. */
  readonly snapshots: readonly Bytes[];
  readonly log: Entries;
}

/** What every transaction asks first: the key, and `meta` but for the snapshots, which are long. */
const head = (): Ask[] => [{ store: 'keys' }, { store: 'meta', range: IDBKeyRange.upperBound('snapshot') }];
const snapshots = (): Ask => ({ store: 'meta', range: IDBKeyRange.lowerBound('snapshot') });
const behind = (position: number): Ask => ({ store: 'log', range: IDBKeyRange.lowerBound(position, true) });

/** The store: an append-only log of interactions, and snapshots of the profile at a log position.
 *
 * `log` has auto-increment keys, so that `add` never conflicts and the order of the keys is the truth for every tab. `meta` has two
 * generations of the snapshot, the budget, the position up to which reports have counted, the log's edition, and after an erasure
 * one date. `ledger` has a line for each report. `keys` has the key with which log, snapshots and ledger are sealed.
 *
 * Nothing but IndexedDB is awaited inside a transaction. So what reads, works and writes reads and opens first, seals what came of
 * it, and then writes in one transaction, if nothing has moved since; else it begins again. */
export class Store {
  private constructor(readonly db: IDBDatabase, readonly vault: Vault) {}

  /** Opens the database, or makes it. What is kept there is `sealed`, or not. */
  static async open(name: string, sealed: boolean): Promise<Store> {
    const kept = await doing('encrypting', () => vault(sealed));
    return doing('opening', async () => new Store((await openDatabase(name, true)) as IDBDatabase, kept));
  }

  /** Opens the database if there is one, to erase it, and leaves no trace where there is none. */
  static existing(name: string): Promise<Store | undefined> {
    return doing('opening', async () => {
      const db = await openDatabase(name, false);
      return db && new Store(db, vault(false));
    });
  }

  /** Everything a tab needs, from one moment. */
  load(): Promise<Loaded> {
    return doing('reading', async () => {
      const { head: now, rest: [log = [], kept = []] } = await this.look([{ store: 'log' }, snapshots()]);
      const loaded = { head: now, snapshots: await this.vault.open(valuesOf(kept)), log: await this.opened(log) };
      if ([...log, ...kept].some(([, value]) => this.vault.isBare(value))) await this.sealWhatIsBare();
      return loaded;
    });
  }

  /** Appends and, from the same transaction, reads all that stands behind `from`: what others wrote, and the keys of its own. */
  append(entries: readonly Bytes[], from: number, known: Known): Promise<Changed | { others: Entries; own: number[] }> {
    return doing('appending', async () => {
      const sealed = await this.vault.seal(entries);
      let changed: Changed | undefined;
      const written = await this.change(sealed, [], (now, stores) => {
        changed = changedSince(now.head, known);
        if (changed === undefined) sealed.records.forEach((entry) => { stores('log').add(entry); });
        return changed === undefined;
      }, [behind(from)]);
      if (written === undefined) return changed ?? 'edited';
      const [rows = []] = written;
      // Its own are the last ones, and known.
      const own = rows.splice(Math.max(rows.length - entries.length, 0));
      return { others: await this.opened(rows), own: numbers(own) };
    });
  }

  /** What stands behind a position. */
  since(from: number, known: Known): Promise<Changed | { others: Entries; head: Head }> {
    return doing('reading', async () => {
      const { head: now, rest: [rows = []] } = await this.look([behind(from)]);
      return changedSince(now, known) ?? { others: await this.opened(rows), head: now };
    });
  }

  /** Writes a snapshot over one of the two, and deletes entries of the log, as `plan` says when it sees both snapshots and, if it is
   * to be looked through, the log; compare-and-set. */
  snapshot(sweep: boolean, plan: (stored: readonly [a: Bytes, b: Bytes], log: Entries) => Planned | undefined): Promise<void> {
    return doing('writing the snapshot', async () => {
      const { rest: [before = [], log = []] } = await this.look([snapshots(), ...(sweep ? [{ store: 'log' } as const] : [])]);
      const opened = await this.vault.open(valuesOf(before));
      const at = (slot: string): Bytes => opened[before.findIndex(([key]) => key === slot)] ?? new Uint8Array();
      const planned = plan([at(SNAPSHOTS[0]), at(SNAPSHOTS[1])], await this.opened(log));
      if (planned === undefined) return;
      const sealed = await this.vault.seal([planned.snapshot]);
      await this.change(sealed, [snapshots()], ({ head: now, rest: [again = []] }, stores) => {
        // Another tab's is as new.
        if (changedSince(now, planned.known) !== undefined || !sameRows(again, before)) return false;
        stores('meta').put(sealed.records[0], SNAPSHOTS[planned.over]);
        planned.gone.forEach((key) => { stores('log').delete(key); });
        return true;
      });
    });
  }

  /** Reports: `make` is given the head, the log since the last ones and the ledger's last line, and returns the changed budget (if
   * reports were made) and lines for the ledger. It may be asked again, and only what it said last is kept. Resolves to whether
   * anything was. */
  report(
    known: Known,
    make: (head: Head, log: Entries, last: Bytes | undefined) => { spent: Bytes | undefined; lines: readonly Bytes[] } | undefined,
  ): Promise<Changed | boolean> {
    return doing('keeping a report', () => often(async () => {
      const before = await this.look([{ store: 'log' }, { store: 'ledger', keysOnly: true }]);
      if (before.head.erased !== known.erased) return 'erased';
      const { reported } = before.head;
      const [all = [], keys = []] = before.rest;
      const log = all.filter(([key]) => Number(key) > reported);
      const lines = numbers(keys);
      const { rest: [lastRow = []] } = await this.look([{ store: 'ledger', range: lines.at(-1) ?? 0 }]);
      const [last] = (await this.opened(lastRow)).bytes;
      const made = make(before.head, await this.opened(log), last);
      if (made === undefined) return false;
      const sealed = await this.vault.seal(made.lines);
      const done = await this.change(sealed, [{ store: 'ledger', keysOnly: true }], ({ head: now, rest: [ledger = []] }, stores) => {
        if (!sameHead(now, before.head) || String(numbers(ledger)) !== String(lines)) return false;
        lines.slice(0, Math.max(lines.length - MAX_LEDGER, 0)).forEach((key) => { stores('ledger').delete(key); });
        sealed.records.forEach((line) => { stores('ledger').add(line); });
        if (made.spent !== undefined) {
          stores('meta').put(made.spent, 'budget');
          stores('meta').put(numbers(log).at(-1) ?? reported, 'reported');
        }
        return true;
      });
      return done === undefined ? undefined : true;
    }));
  }

  /** The ledger's lines. */
  ledger(): Promise<Entries> {
    return doing('reading the ledger', async () => {
      const { rest: [lines = []] } = await this.look([{ store: 'ledger' }]);
      return this.opened(lines);
    });
  }

  /** Changes a line of the ledger; one that was erased meanwhile stays so. */
  amend(key: number, line: Bytes): Promise<void> {
    return doing('writing the ledger', async () => {
      const sealed = await this.vault.seal([line]);
      await this.change(sealed, [{ store: 'ledger', range: key }], ({ rest: [there = []] }, stores) => {
        if (there.length > 0) stores('ledger').put(sealed.records[0], key);
        return there.length > 0;
      });
    });
  }

  /** Deletes everything but the date before which no report is made, which `left` says of what is there. */
  erase(left: (head: Head) => number | undefined): Promise<number | undefined> {
    return doing('erasing', async () => {
      let date: number | undefined;
      await write(this.db, head(), (answers, stores) => {
        date = left(headOf(answers));
        for (const store of ['log', 'meta', 'ledger', 'keys'] as const) stores(store).clear();
        if (date !== undefined) stores('meta').put(new Date(date), 'no reports before');
        return true;
      });
      this.vault.forget();
      return date;
    });
  }

  /** An open connection would block every upgrade and deletion. */
  close(): void {
    this.db.close();
  }

  /** What was written before there was a key, or without one, is sealed where it stands. */
  private async sealWhatIsBare(): Promise<void> {
    const stores = ['log', 'ledger', 'meta'] as const;
    const asks = [{ store: 'log' }, { store: 'ledger' }, snapshots()] as const;
    const before = (await this.look(asks)).rest.map((rows) => rows.filter(([, value]) => this.vault.isBare(value)));
    const bare = before.flatMap((rows, which) => rows.map(([key, value]) => ({ which, key, value })));
    const sealed = await this.vault.seal(bare.map(({ value }) => value as Bytes));
    await this.change(sealed, asks, ({ rest }, open) => {
      // What has moved meanwhile is sealed at the next start.
      const there = bare.every(({ which, key }) => rest[which]?.some(([now]) => now === key));
      if (there) bare.forEach(({ which, key }, one) => { open(stores[which] ?? 'log').put(sealed.records[one], key); });
      return there;
    });
  }

  /** Looks, with the store's key known. */
  async look(asks: readonly Ask[]): Promise<Moment> {
    const answers = await read(this.db, [...head(), ...asks]);
    this.vault.look(answers[0] ?? []);
    return momentOf(answers);
  }

  /** Writes what `decide` makes of the store as it is then, and of what was sealed for it. Where it makes nothing of it, or another key is
   * in there than it was sealed with, nothing is written. */
  change(
    sealed: Sealed, asks: readonly Ask[], decide: (now: Moment, stores: Stores) => boolean, then: readonly Ask[] = [],
  ): Promise<Row[][] | undefined> {
    return write(this.db, [...head(), ...asks], (answers, stores) => {
      const [keys = []] = answers;
      const written = this.vault.fits(keys, sealed) && decide(momentOf(answers), stores);
      if (written) this.vault.keep(keys, sealed, stores('keys'));
      return written;
    }, then);
  }

  async opened(rows: readonly Row[]): Promise<Entries> {
    return { keys: numbers(rows), bytes: await this.vault.open(valuesOf(rows)) };
  }
}

/** A snapshot, over which of the two it goes, and what goes with it. */
export interface Planned {
  readonly over: 0 | 1;
  readonly gone: readonly number[];
  readonly snapshot: Bytes;
  readonly known: Known;
}

/** Again, as long as it comes to nothing. */
export async function often<T>(work: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const done = await work();
    if (done !== undefined) return done;
  }
  throw new Error('other tabs changed it each time');
}

/** Names what was tried where it fails. */
export async function doing<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failed(what, error);
  }
}

export const numbers = (rows: readonly Row[]): number[] => rows.map(([key]) => Number(key));
const valuesOf = (rows: readonly Row[]): unknown[] => rows.map(([, value]) => value);

const momentOf = (answers: readonly Row[][]): Moment => ({ head: headOf(answers), rest: answers.slice(2) });

function headOf(answers: readonly Row[][]): Head {
  const value = (name: string): unknown => answers[1]?.find(([key]) => key === name)?.[1];
  const [date, budget] = [value('no reports before'), value('budget')];
  return {
    erased: date instanceof Date ? date.getTime() : undefined,
    // What is no bytes is damaged, and the core says what that means.
    budget: budget === undefined ? undefined : budget instanceof Uint8Array ? budget : new Uint8Array(),
    edition: whole(value('edition')),
    reported: whole(value('reported')),
  };
}

/** What is no number is damaged, and counts from the beginning. */
const whole = (value: unknown): number => (typeof value === 'number' && value >= 0 ? Math.trunc(value) : 0);

function changedSince(now: Head, known: Known): Changed | undefined {
  if (now.erased !== known.erased) return 'erased';
  return now.edition === known.edition ? undefined : 'edited';
}

const sameHead = (one: Head, other: Head): boolean =>
  changedSince(one, other) === undefined && one.reported === other.reported && same(one.budget, other.budget);

const sameRows = (one: readonly Row[], other: readonly Row[]): boolean =>
  one.length === other.length && one.every(([, value], place) => same(value, other[place]?.[1]));
