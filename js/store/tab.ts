import { closed, guarded } from '../errors.js';
import { listed } from '../header.js';
import type { Core } from '../homebody.js';
import { failed as failure } from './database.js';
import { flat, packed, unpacked, unpackedTexts } from './rows.js';
import type { Bytes } from './rows.js';
import { Store } from './store.js';
import type { Known, Loaded } from './store.js';
import { send } from './transport.js';

/** One tab's profile and the store, of which the core knows nothing: what it says is written, what is read is told to it. A call
 * that does not say otherwise never rejects: what goes wrong is the `problem`. */
export interface Tab<C extends Core = Core> {
  readonly core: C;
  /** What went wrong last, if anything did. */
  problem(): { readonly code: string; readonly message: string } | undefined;
  /** Something stored has become sensitive, which the full module takes out. */
  outgrown(): boolean;
  /** Consent was given: opens the store and writes what was recorded before. Rejects where the profile was closed. */
  grant(): Promise<void>;
  /** Consent was refused or taken back: nothing is kept, here or in the store. Rejects where the store does not answer. */
  refuse(now: number): Promise<void>;
  /** Another tab was refused and has erased the store. */
  withdraw(): void;
  /** Writes what was recorded. Resolves to whether all of it is stored (or there is no store). */
  flush(now: number): Promise<boolean>;
  /** Takes in what other tabs have written. Resolves to whether anything came. */
  sync(): Promise<boolean>;
  /** Makes today's reports, if there is something to say, and sends what waits. */
  report(url: string, now: number, signal: AbortSignal): Promise<void>;
  /** Deletes everything but one date, which it resolves to. Rejects where the store does not answer. */
  erase(now: number): Promise<number>;
  /** Another bundle takes the place of this one; nothing that was recorded is lost. `taken` is called in that moment. Rejects
   * where it cannot be read, or the store does not answer. */
  changeBundle(bundle: Uint8Array, taken: () => void): Promise<void>;
  /** Resolves when no report is under way, which wait for nobody else. */
  rest(): Promise<void>;
  /** Lets go of the database. */
  letGo(): void;
  /** The same, when a snapshot is written. */
  close(now: number): Promise<void>;
  readonly inner: Inner;
}

/** What the full module's part (`rewrite.ts`) shares. */
export interface Inner {
  store(): Store | undefined;
  known(): Known;
  /** Another edition is known. */
  rewritten(edition: number): void;
  reopen(lost: Store): Promise<void>;
  startAnew(from: Store): Promise<void>;
  failed(error: unknown): void;
  /** Learns the log again without what has become sensitive, and with a batch that reaches back; only the full module can. */
  again?: {
    withoutSensitive(): Promise<void>;
    /** False where the batch can be appended. */
    withBatch(from: Store, batch: readonly Bytes[]): Promise<boolean>;
  };
}

/** What is stored is `sealed`, or not. */
export function tabOf<C extends Core>(core: C, database: string, sealed: boolean): Tab<C> {
  let store: Store | undefined;
  let known: Known = { erased: undefined, edition: 0 };
  let problem: { readonly code: string; readonly message: string } | undefined;
  let flushing = false;
  let outgrown = false;
  let reporting: Promise<void> = Promise.resolve();

  const failed = (error: unknown): void => {
    problem = failure('storing', error);
  };

  const letGo = (): void => {
    store?.close();
    store = undefined;
  };

  /** The store does not answer: in memory only. What was refused or closed meanwhile stays so. */
  const degrade = (error: unknown): void => {
    letGo();
    failed(error);
    if (['pending', 'ready'].includes(core.status())) core.settle('memory-only');
  };

  /** Returns whether something in there has become sensitive. */
  const start = ({ head, snapshots, log }: Loaded): boolean => {
    known = head;
    const told = core.start(packed(snapshots), ...flat(log), head.budget, head.erased);
    const [code, message] = unpackedTexts(core.problem() ?? new Uint8Array());
    if (code !== undefined) problem = { code, message: message ?? '' };
    return told;
  };

  /** Reads all of it, if it is still the tab's and may be. */
  const startFrom = async (from: Store): Promise<void> => {
    try {
      const loaded = await from.load();
      if (store === from && core.status() !== 'refused') start(loaded);
    } catch (error) {
      if (store === from) degrade(error);
    }
  };

  /** Another tab has erased everything: so does this one. */
  const startAnew = async (from: Store): Promise<void> => {
    if (store !== from) return;
    reset(undefined);
    await startFrom(from);
  };

  const reset = (erased: number | undefined): void => {
    core.reset(erased);
    known = { erased, edition: 0 };
  };

  /** A new connection in place of one that was lost. Whoever deleted the database meant the profile, so the tab goes on from what is
   * stored now, and from what it has recorded and not yet written. */
  const reopen = async (lost: Store): Promise<void> => {
    if (store !== lost) return; // let go of meanwhile
    try {
      const opened = await Store.open(database, sealed);
      if (store !== lost) {
        opened.close();
        return;
      }
      letGo();
      store = opened;
      await startFrom(opened);
    } catch (error) {
      if (store === lost) degrade(error);
    }
  };

  const inner: Inner = {
    store: () => store,
    known: () => known,
    rewritten: (edition) => { known = { ...known, edition }; },
    reopen, startAnew, failed,
  };

  /** Writes one batch. Returns whether there may be more. */
  const write = async (to: Store): Promise<boolean> => {
    const batch = unpacked(core.batch());
    if (batch.length === 0) return false;
    if (await inner.again?.withBatch(to, batch)) return true;
    const written = await to.append(batch, core.position(), known);
    if (store !== to) return true;
    if (written === 'erased') await startAnew(to);
    else if (written === 'edited') await startFrom(to);
    else if (written.own.length < batch.length) {
      // Its own entries are not among those behind its position: the store is another one.
      core.dropSent(batch.length);
      await startFrom(to);
    } else {
      core.confirm(...flat(written.others), Float64Array.from(written.own));
    }
    return true;
  };

  /** Writes what was recorded. Returns whether nothing is left to write. */
  const writeAll = async (): Promise<boolean> => {
    if (flushing) return false; // the flush under way takes it along
    flushing = true;
    try {
      let retried = false;
      for (let to = store; to !== undefined; to = store) {
        try {
          if (!(await write(to))) break;
        } catch (error) {
          // The connection was lost: one new one, one more try.
          if (retried && store === to) degrade(error);
          else await reopen(to);
          retried = true;
        }
      }
    } finally {
      flushing = false;
    }
    return core.waiting() === 0 || store === undefined;
  };

  /** Writes a snapshot when enough has come since the last one, or when it is now or never. */
  const snapshot = async (now: number, nowOrNever: boolean): Promise<void> => {
    const due = core.snapshotDue(now, nowOrNever);
    const from = store;
    if (from === undefined || due === 0) return;
    const sweep = due === 2;
    let position = core.position();
    try {
      await from.snapshot(sweep, ([a, b], log) => {
        if (store !== from) return undefined;
        const [over, ...gone] = core.older(a, b, ...flat(log), now);
        position = core.position();
        return over === 0 || over === 1 ? { over, gone, snapshot: core.snapshot() as Bytes, known } : undefined;
      });
      // Another tab's that is as new is as good.
      if (store === from) core.snapshotTaken(position, now, sweep);
    } catch (error) {
      if (store === from) failed(error);
    }
  };

  const makeReports = async (from: Store, now: number): Promise<void> => {
    const { erased: epoch } = known;
    let spent: Bytes | undefined;
    const done = await from.report(known, ({ budget, erased }, log, last) => {
      const made = core.compose(now, budget, erased, ...flat(log), last);
      if (made === undefined) return undefined;
      const [left, ...lines] = unpacked(made);
      spent = left?.length === 0 ? undefined : left;
      return { spent, lines };
    });
    // Not where this tab was erased meanwhile.
    if (done === true && spent !== undefined && known.erased === epoch) core.composed(spent, epoch);
  };

  const sendReports = async (from: Store, url: string, now: number, signal: AbortSignal): Promise<void> => {
    const { keys, bytes } = await from.ledger();
    for (const [place, line] of bytes.entries()) {
      const taken = await send(core, line, now, url, signal);
      const answered = taken === undefined ? undefined : core.answered(line, taken);
      try {
        if (answered !== undefined) await from.amend(keys[place] ?? 0, answered as Bytes);
      } catch (error) {
        if (store === from) failed(error); // the others are sent all the same
      }
    }
  };

  const report = async (url: string, now: number, signal: AbortSignal): Promise<void> => {
    const from = store;
    if (from === undefined) return;
    try {
      await makeReports(from, now);
      await sendReports(from, url, now, signal);
    } catch (error) {
      if (store === from) failed(error);
    }
  };

  const erase = async (now: number): Promise<number> => {
    const here = core.ownErasure(now);
    reset(here); // here it succeeds always
    const left = (there: Store): Promise<number | undefined> => there.erase(({ budget, erased }) => core.erasure(now, budget, erased));
    const done = (date: number | undefined): number => {
      reset(date);
      return date ?? now;
    };
    const open = store;
    try {
      if (open !== undefined) return done(await left(open));
    } catch { /* its connection was lost: one new one */ }
    const there = await Store.existing(database);
    if (there === undefined) return here ?? now;
    let date: number | undefined;
    try {
      date = await left(there);
    } finally {
      there.close(); // it was opened to be erased, and does not seal
    }
    const erased = done(date);
    if (open !== undefined && core.status() !== 'refused') await reopen(open);
    return erased;
  };

  const tab: Tab<C> = {
    core,
    inner,
    problem: () => problem,
    outgrown: () => outgrown,
    async grant() {
      if (!guarded(() => core.opening())) throw closed();
      let opened: Store | undefined;
      try {
        opened = await Store.open(database, sealed);
        const loaded = await opened.load();
        // What is refused meanwhile, here or in another tab, stays so.
        if (core.status() !== 'pending') {
          opened.close();
          return;
        }
        letGo();
        store = opened;
        core.settle('ready');
        outgrown = start(loaded);
        // Learnt before the bundle or the shop said that it is sensitive.
        if (outgrown && inner.again !== undefined) {
          await inner.again.withoutSensitive();
          outgrown = false;
        }
      } catch (error) {
        opened?.close();
        if (core.status() === 'pending') degrade(error);
      }
      await writeAll();
    },
    async refuse(now) {
      core.settle('refused');
      try {
        await erase(now);
      } finally {
        letGo();
      }
    },
    withdraw() {
      core.withdraw();
      letGo();
      known = { ...known, edition: 0 };
    },
    async flush(now) {
      const done = await writeAll();
      if (done) await snapshot(now, false);
      return done;
    },
    async sync() {
      const from = store;
      // A flush reads the same entries, and only one of the two may apply them.
      if (from === undefined || flushing) return false;
      const position = core.position();
      try {
        const news = await from.since(position, known);
        if (store !== from) return false;
        if (news === 'erased') await startAnew(from);
        else if (news === 'edited') await startFrom(from);
        else {
          core.spent(news.head.budget, news.head.erased);
          // A flush may have begun and ended meanwhile: then these are known already.
          if (news.others.keys.length === 0 || flushing || core.position() !== position) return false;
          core.confirm(...flat(news.others), new Float64Array());
        }
        return true;
      } catch {
        await reopen(from);
        return false;
      }
    },
    report(url, now, signal) {
      reporting = report(url, now, signal);
      return reporting;
    },
    rest: () => reporting,
    erase,
    letGo,
    async changeBundle(bundle, taken) {
      const from = store;
      const loaded = await from?.load();
      if (guarded(() => core.prepare(bundle, ...listed(bundle)))) {
        // Whoever was refused meanwhile has no store any more, and nothing of what was read from it.
        const stored = loaded !== undefined && store === from;
        core.takeOver(stored);
        if (stored) start(loaded);
      }
      taken();
    },
    async close(now) {
      await writeAll();
      await snapshot(now, true);
      core.settle('closed');
      letGo();
    },
  };
  return tab;
}
