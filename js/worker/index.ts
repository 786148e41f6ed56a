import { observe } from '../capture/observe.js';
import { HomebodyError } from '../errors.js';
import { listeners } from '../sync.js';
import type { Options, Profile, Stop } from '../types.js';
import type { OnPage, Verb } from './calls.js';
import { line } from './line.js';
import type { Script } from './start.js';
import { named } from './words.js';

export { HomebodyError } from '../errors.js';
export type * from '../types.js';
export type { OnPage } from './calls.js';
export type { Script } from './start.js';

export interface WorkerOptions extends Options {
  /** Where the worker's script is, when not beside this one. Where the page's CSP asks for Trusted Types, what a policy
   * of yours makes of the address. */
  readonly worker?: Script;
}

/** The same verbs as a `Profile` of the page. What is synchronous there is promised here; `observe`, `subscribe` and
 * `nameOf` stay on the page as they are. */
export type WorkerProfile = {
  readonly [Name in keyof Profile]: Name extends OnPage ? Profile[Name]
    : (...given: Parameters<Profile[Name]>) => Promise<Awaited<ReturnType<Profile[Name]>>>;
};

/** Every verb that is called in the worker. A list that lacks one, or has one too many, does not compile. */
const VERBS = Object.keys({
  arm: 0, close: 0, correct: 0, corrections: 0, erase: 0, explain: 0, export: 0, forget: 0, history: 0, import: 0, interests: 0,
  lastStep: 0, ledger: 0, map: 0, pause: 0, rank: 0, recommend: 0, record: 0, refresh: 0, saved: 0, sensitive: 0, setConsent: 0,
  similar: 0, state: 0, taste: 0, undo: 0,
} satisfies Record<Verb, 0>) as readonly Verb[];

/** Records that wait for the worker; what comes then is refused, as it is where the store is behind. */
const MOST_WAITING = 5_000;

/** Opens the shopper's profile in a worker: module, bundle, store and all that is computed are off the page's thread. */
export async function openProfile(options: WorkerOptions): Promise<WorkerProfile> {
  if (typeof document === 'undefined' || typeof Worker === 'undefined') {
    throw new HomebodyError('no-browser', 'a profile in a worker is opened by a page: not while rendering on a server, and within a worker by homebody itself');
  }
  const changed = listeners();
  const { ask, waiting, close } = await line(options, changed.tell);
  const nameOf = options.nameOf ?? ((id: string): string => id);
  const words = named(nameOf);
  const watching = new Set<Stop>();

  const verbs = Object.fromEntries(VERBS.map((verb) => [
    verb, async (...given: unknown[]): Promise<unknown> => words(verb, await ask(verb, given)),
  ])) as unknown as WorkerProfile;
  const record: WorkerProfile['record'] = async (kind, item, details) => {
    if (waiting() >= MOST_WAITING) return 'too-many';
    // As of now, whenever the worker comes to it.
    return verbs.record(kind, item, { ...details, at: details?.at ?? Date.now() });
  };
  return {
    ...verbs,
    record,
    nameOf,
    subscribe: (listener) => changed.add(listener),
    observe(root) {
      const stop = observe(root, (...one) => {
        record(...one).catch(reportError);
        return undefined;
      });
      watching.add(stop);
      return () => {
        watching.delete(stop);
        stop();
      };
    },
    async close() {
      watching.forEach((stop) => { stop(); });
      await close();
    },
  };
}
