import type { Answers } from './answers.js';
import { observe } from './capture/observe.js';
import { HomebodyError, closed, guarded } from './errors.js';
import { NOTHING, both, granted, noGrant, same } from './grants.js';
import { fullModule } from './full.js';
import { asKind, asName, asNumber, asSaid, asText, asTexts } from './given.js';
import { isMixed, versionOf } from './header.js';
import { latest, reader, refusals, shares } from './lists.js';
import { fetchBundle, loadFull } from './load.js';
import { databaseOf } from './made.js';
import { globalPrivacyControl, idle, saveData, sparing } from './manners.js';
import { losses, reporter } from './reports.js';
import type { Reporter } from './reports.js';
import { unpackedTexts } from './store/rows.js';
import type { FullTab } from './store/rewrite.js';
import type { Tab } from './store/tab.js';
import { channel, listeners, serial } from './sync.js';
import type {
  Arm, Details, Grants, Kind, Options, Profile, ProfileState, Refusal, Status, Stop,
} from './types.js';
import { ARMS, KINDS, LISTS, OUTCOMES } from './words.js';

/** The public face of one tab: defaults, words, and the order of the store's work. */
export function facade(first: Tab, options: Options, fetchWhole?: () => Promise<Uint8Array>): Profile {
  let tab = first;
  let { core } = tab;
  const nameOf = options.nameOf ?? ((id: string): string => id);
  const queue = serial();
  const changed = listeners();
  let hearing = false;
  const other = channel(databaseOf(options), ({ grants: told, paused: on, opened }) => {
    if (told !== undefined) heed(told);
    if (on !== undefined) pause(on);
    if (opened === true && paused) other.tell({ paused });
    if (hearing) return; // one look at the store takes in all that was told before it
    hearing = true;
    void queue(async () => {
      hearing = false;
      await tab.sync();
      outgrown();
      changed.tell(); // also where the log is the same: a report may have gone
    });
  });
  const watching = new Set<Stop>();
  let paused = false;
  let grants: Grants | undefined; // none before an answer
  let reports: Reporter | undefined;
  let writing: Promise<void> | undefined;
  /** What was done to items that the head does not hold: learnt once the whole bundle is here. */
  const early: Parameters<Profile['record']>[] = [];
  let late: HomebodyError | undefined;
  let head = fetchWhole !== undefined;
  let coming: Promise<void> | undefined;

  const write = (): Promise<void> => {
    // Everything recorded until the work begins goes along in one transaction.
    if (writing !== undefined) return writing;
    writing = queue(async () => {
      writing = undefined;
      while (!(await tab.flush(Date.now())));
      if (status() !== 'ready') return;
      other.tell();
      reports?.arm();
    });
    writing.catch(() => undefined); // who asked hears of it; what fails is the `problem`
    return writing;
  };

  const status = (): Status => core.status() as Status;

  const withReports = (allowed: boolean): void => {
    reports?.stop();
    reports = undefined;
    if (!allowed || options.reports === undefined || globalPrivacyControl()) return;
    // Not in the queue: a slow server must hold up neither the store nor a withdrawal.
    reports = reporter(options.reports, async (url, signal) => {
      await coming;
      if (head) return; // its departments are not the server's
      await idle(); // the log is read, and counted
      if (signal.aborted || globalPrivacyControl()) return; // taken back, or switched on, meanwhile
      await tab.report(url, Date.now(), signal);
      other.tell();
      changed.tell();
    });
    reports.arm(); // what an earlier visit left waiting
  };

  /** What another tab was refused holds here too; what it was granted, this tab's page must ask for. */
  const heed = (told: Grants): void => {
    if (!told.reports) {
      reports?.stop();
      reports = undefined;
    }
    if (!told.profile) tab.withdraw();
    if (grants !== undefined || !told.profile) grants = both(grants ?? told, told);
    changed.tell();
  };

  /** Of a profile that may be kept, but not be ranked by, there is no list; where none may be kept, what is popular. */
  const toRank = (call: string): void => {
    if (grants?.profile === true && !grants.rank) throw noGrant(call, 'rank');
  };

  const pause = (on: boolean): void => {
    paused = on;
    core.pause(on);
    changed.tell();
  };

  const { list, reason, forget } = reader((place) => core.id(place), nameOf);

  /** The full module, which takes the core's place when something is asked that only it can answer. */
  const full = fullModule(options, {
    now: () => tab,
    bundle: () => (head ? options.head : undefined) ?? options.factors,
    asHead: () => head,
    refused: () => status() === 'refused',
    queue,
    take: (next) => {
      tab = next;
      ({ core } = next);
      forget(); // it may be a later bundle
    },
  });

  /** Something is to be done that only the full module can do, and soon. */
  const outgrown = (): void => {
    if (tab.outgrown()) full().catch(() => undefined); // it is tried again with the next start
  };

  /** The whole bundle after the head: asked for once, read when the page is idle. */
  const whole = (): Promise<void> => (coming ??= fetchWhole === undefined ? Promise.resolve() : fetchWhole()
    .then((bundle) => idle().then(() => changeBundle(bundle)))
    .then(() => undefined, (error: unknown) => { late = error instanceof HomebodyError ? error : undefined; }));

  /** The log is not learnt again by a head, which would lose what it does not hold. */
  const toChange = async (): Promise<FullTab> => {
    await whole();
    if (head) throw late ?? new HomebodyError('bundle-unreachable', 'the whole bundle is not here yet');
    return full();
  };

  /** What only the full module answers comes with it. */
  const asked = <Call extends keyof Answers>(call: Call): Answers[Call] => (async (...given: unknown[]) => {
    // As it is now: the page may go on with what it has given.
    const kept = given.map((one) => (typeof one === 'object' && one !== null ? { ...one } : one));
    const { answers } = await loadFull(options.fullWasm);
    const own = answers({ options, nameOf, reason, full, toChange, queue, write, changed: changed.tell, tell: other.tell });
    return await (own[call] as (...given: unknown[]) => Promise<unknown>)(...kept);
  }) as Answers[Call];

  /** In the queue, so that the store is at rest; what waited for it is recorded as of its time. */
  const changeBundle = async (bundle: Uint8Array): Promise<boolean> => {
    // The usual case: it is read no further, as the module's memory never shrinks again.
    if (!head && versionOf(bundle) === core.bundle()) return false;
    const was = core.bundle();
    if (isMixed(bundle)) await full(bundle);
    await queue(async () => {
      // Not where it has come with the full module.
      const taken = (): void => {
        forget(); // the places of its items, in the same moment
        [head, late] = [false, undefined];
      };
      if (versionOf(bundle) === core.bundle()) taken();
      else await tab.changeBundle(bundle, taken);
    });
    const another = core.bundle() !== was;
    early.splice(0).forEach((one) => { profile.record(...one); });
    if (another) changed.tell();
    return another;
  };

  const reporting = (): ProfileState['reports'] =>
    options.reports === undefined ? 'not-set-up' : globalPrivacyControl() ? 'gpc' : reports === undefined ? 'not-allowed' : 'on';

  const erase = (): Promise<Date> => queue(async () => {
    const date = new Date(await tab.erase(Date.now()));
    other.tell();
    changed.tell();
    return date;
  });

  /** Why nothing was learnt; what the head does not hold waits. */
  const refused = (outcome: string | undefined, kind: Kind, item: string, details: Details): Refusal | undefined => {
    if (outcome === 'unknown-kind') asKind(kind);
    if (outcome === 'closed') throw closed();
    if (outcome !== 'not-yet') return outcome as Refusal;
    if (early.length >= MOST_EARLY) return 'too-many';
    void whole();
    early.push([kind, item, details]);
    return undefined;
  };

  const profile: Profile & { snapshot(): Uint8Array } = {
    record(kind: Kind, item: string, details?: Details | null): Refusal | undefined {
      const now = Date.now();
      const { at = now, price, quantity, rating, dwell, sentiment, recommended, propensity, arm } = details ?? {};
      const outcome = OUTCOMES[guarded(() => core.record(
        KINDS.indexOf(kind), asText(item), asNumber(at), asSaid(price), asSaid(quantity), asSaid(rating), asSaid(dwell),
        asSaid(sentiment), recommended === true, asSaid(propensity), ARMS.indexOf(arm as Arm), now,
      ))];
      if (outcome === 'to-store') void write();
      else if (outcome !== 'kept') return refused(outcome, kind, item, { ...details, at });
      // Having seen the list is no reason to turn it over under the shopper's eyes.
      if (kind !== 'impression') changed.tell();
      return undefined;
    },
    observe(root) {
      const stop = observe(root, profile.record);
      watching.add(stop);
      return () => {
        watching.delete(stop);
        stop();
      };
    },
    recommend({ limit = 12, list: which = 'for-you', category, exclude = [], bought, seen = 'keep', perCategory = 3, reasons = true, explore = 0, arm, at = Date.now() } = {}) {
      toRank('recommend');
      const hide = bought === undefined ? which === 'for-you' : bought === 'hide';
      const cap = which === 'buy-again' ? 0 : perCategory;
      const number = LISTS.indexOf(which);
      if (number < 0) throw new HomebodyError('invalid-option', 'option list must be for-you, discover or buy-again');
      return list(guarded(() => core.recommend(
        limit, number, asName(category), asTexts(exclude), hide, seen === 'hide', cap, reasons, asNumber(explore), ARMS.indexOf(arm as Arm), asNumber(at),
      )));
    },
    arm: () => ARMS[core.arm(Date.now())] ?? 'personal',
    rank(ids, { reasons = true } = {}) {
      toRank('rank');
      return list(guarded(() => core.rank(asTexts(ids), reasons, Date.now())));
    },
    similar: (id, { limit = 12, exclude = [] } = {}) => list(guarded(() => core.similar(asText(id), asTexts(exclude), limit))),
    async explain(id) {
      toRank('explain');
      return asked('explain')(id);
    },
    taste() {
      if (grants?.segments !== true) throw noGrant('taste', 'segments');
      return shares(core);
    },
    lastStep: () => latest(core),
    subscribe: (listener) => changed.add(listener),
    setConsent(given) {
      const now = granted(given);
      // Taken back, it cancels what is under way before anything else.
      if (!now.reports) reports?.stop();
      return queue(async () => {
        if (grants !== undefined && same(now, grants)) return;
        if (now.profile && grants?.profile !== true) {
          await tab.grant();
          outgrown();
        }
        if (!now.profile && grants?.profile !== false) await tab.refuse(Date.now());
        grants = status() === 'refused' ? NOTHING : now; // another tab may have been refused meanwhile
        withReports(now.reports);
        other.tell({ grants: now });
        changed.tell();
      });
    },
    pause(on = true) {
      pause(on);
      other.tell({ paused: on });
    },
    correct: asked('correct'),
    corrections: asked('corrections'),
    forget: asked('forget'),
    undo: asked('undo'),
    interests: asked('interests'),
    history: asked('history'),
    map: asked('map'),
    sensitive: () => unpackedTexts(core.sensitive()),
    nameOf,
    export: asked('export'),
    import: asked('import'),
    erase,
    ledger: asked('ledger'),
    state(): ProfileState {
      const [date, problem] = [core.noReportsBefore(), tab.problem() ?? late];
      return {
        status: status(),
        paused,
        grants: grants ?? NOTHING,
        interactions: core.interactions(),
        bundle: core.bundle(),
        head,
        sparing: sparing(),
        refused: refusals(core),
        gpc: globalPrivacyControl(),
        reports: reporting(),
        epsilon: losses(core),
        ...(date === undefined ? {} : { noReportsBefore: date }),
        ...(problem === undefined ? {} : { problem: { code: problem.code, message: problem.message } }),
      };
    },
    saved: () => write(),
    refresh: async () => changeBundle(await fetchBundle(options.factors, 'no-cache')),
    close() {
      reports?.stop();
      watching.forEach((stop) => { stop(); });
      void queue(() => tab.close(Date.now())).then(() => { other.close(); });
    },
    snapshot: () => core.snapshot(),
  };
  // Where little data is asked for, the head is enough until something needs the rest.
  if (!saveData()) void whole();
  other.tell({ opened: true });
  return profile;
}

/** Interactions that wait for the whole bundle. */
const MOST_EARLY = 1_000;
