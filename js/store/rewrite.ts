import { guarded } from '../errors.js';
import type { Core } from '../homebody_full.js';
import { failed } from './database.js';
import { edit } from './edit.js';
import type { Edited } from './edit.js';
import { flat, packed, unpacked } from './rows.js';
import type { Bytes } from './rows.js';
import type { Store } from './store.js';
import type { Tab } from './tab.js';

/** What was taken back, or how many entries came or went. */
export type Done = ReturnType<Core['adopt']>;

/** What the full module alone can do with the store: change the log, and tell of it. */
export interface FullTab extends Tab<Core> {
  /** The log, of the store or of this tab alone, is changed with what waits to be written, and learnt again. */
  change(...wanted: Parameters<Core['wantChange']>): Promise<Done>;
  tell(what: 'log' | 'history' | 'interests', most: number): Promise<unknown>;
  ledger(): Promise<unknown>;
}

export function fullTab(tab: Tab<Core>): FullTab {
  const { core, inner } = tab;

  /** Learns the log as it is wanted, with a batch of what waits; of an erasure by another tab nothing is left to change. */
  const learnAgain = async (from: Store, batch: readonly Bytes[]): Promise<'erased' | 'idle' | 'done'> => {
    const edition = await edit(from, batch, inner.known(), (log): Edited | undefined => {
      const plan = core.edit(...flat(log), log.keys.length - batch.length);
      if (plan === undefined) return undefined;
      const [gone, come, records, reported] = plan;
      const [snapshot = new Uint8Array(), ...put] = unpacked(records);
      return { gone: [...gone], put: { keys: [...come], bytes: put }, snapshot, reported };
    });
    if (typeof edition !== 'number') return edition;
    if (inner.store() === from) inner.rewritten(edition);
    return 'done';
  };

  inner.again = {
    async withoutSensitive() {
      const from = inner.store();
      core.wantAgain(true);
      try {
        if (from !== undefined && (await learnAgain(from, [])) === 'done') core.adopt(0);
      } catch (error) {
        inner.failed(error);
      }
    },
    async withBatch(from, batch) {
      if (!core.reachesBack()) return false;
      core.wantAgain(false);
      const done = await learnAgain(from, batch);
      if (done === 'done') core.adopt(batch.length);
      else await inner.startAnew(from);
      return true;
    },
  };

  const wanted = async (nothing: Done): Promise<Done> => {
    const { erased, edition } = inner.known();
    const theSame = (): boolean => inner.known().erased === erased && inner.known().edition === edition;
    let lost: unknown;
    try {
      // A log that is not the one that was meant is not changed.
      for (let from = inner.store(); from !== undefined && (lost === undefined || theSame()); from = inner.store()) {
        try {
          const batch = unpacked(core.outbox());
          const done = await learnAgain(from, batch);
          if (done === 'done') return core.adopt(batch.length);
          if (done === 'erased') await inner.startAnew(from);
          return nothing;
        } catch (error) {
          if (lost !== undefined) throw error;
          lost = error;
          await inner.reopen(from); // the connection was lost: one new one, one more try
        }
      }
      if (lost !== undefined) throw lost;
      // What a lost store holds cannot be learnt again without it, and must not be forgotten with the rest.
      if (core.position() > 0) throw failed('changing the log', new Error('it does not answer, and the log is in it'));
      return core.changeAlone();
    } finally {
      core.giveUp(theSame());
    }
  };

  return {
    ...tab,
    change: (verb, ...about) => {
      const nothing = verb === 'undo' ? undefined : 0;
      return guarded(() => core.wantChange(verb, ...about)) ? wanted(nothing) : Promise.resolve(nothing);
    },
    async tell(what, most) {
      for (;;) {
        const position = core.position();
        const log = (await inner.store()?.load())?.log ?? { keys: [], bytes: [] };
        // What was written meanwhile is neither in there nor waiting any more.
        if (core.position() === position) return guarded(() => core.tell(what, most, ...flat(log)));
      }
    },
    async ledger() {
      const lines = await inner.store()?.ledger();
      return core.ledger(packed(lines?.bytes ?? []));
    },
  };
}
