import { observe } from './capture/observe.js';
import { guarded, promised } from './errors.js';
import type { Core, ListItem } from './homebody.js';
import { globalPrivacyControl, losses, reporter } from './reports.js';
import type { Reporter } from './reports.js';
import { channel, listeners, serial } from './sync.js';
import type {
  Arm, Change, Consent, Details, Interest, Kind, LearningStep, LedgerEntry, Options, Profile, ProfileState, Recommendation, Refusal, Status, Stop,
  Undone, Wish,
} from './types.js';
import { exported, imported, standing } from './keeping.js';
import { deed, inWords } from './words.js';

/** The public face of one tab's `Core`: defaults, words, and the order of the store's work. */
export function facade(core: Core, options: Options, database: string): Profile {
  const nameOf = options.nameOf ?? ((id: string): string => id);
  const queue = serial();
  const changed = listeners();
  let hearing = false;
  const other = channel(database, ({ consent: withdrawn }) => {
    if (withdrawn !== undefined) heed(withdrawn);
    if (hearing) return; // one look at the store takes in all that was told before it
    hearing = true;
    void queue(async () => {
      hearing = false;
      if (await core.sync()) changed.tell();
    });
  });
  const watching = new Set<Stop>();
  let paused = false;
  let consent: Consent | undefined;
  let reports: Reporter | undefined;
  let writing: Promise<void> | undefined;

  const write = (): Promise<void> => {
    // Everything recorded until the work begins goes along in one transaction.
    writing ??= queue(async () => {
      writing = undefined;
      while (!(await core.flush(Date.now())));
      if (status() !== 'ready') return;
      other.tell();
      reports?.arm();
    });
    return writing;
  };

  const status = (): Status => core.status() as Status;

  const withReports = (allowed: boolean): void => {
    reports?.stop();
    reports = undefined;
    if (!allowed || options.reports === undefined || globalPrivacyControl()) return;
    // Not in the queue: a slow server must hold up neither the store nor a withdrawal.
    reports = reporter(options.reports, async (url, signal) => {
      await core.report(url, Date.now(), signal);
      changed.tell();
    });
    reports.arm(); // what an earlier visit left waiting
  };

  /** What another tab was refused holds here too; what it was granted, this tab's page must ask for. */
  const heed = (given: Consent): void => {
    if (!given.profile || !given.reports) {
      reports?.stop();
      reports = undefined;
    }
    if (!given.profile) {
      consent = given;
      core.withdraw();
    }
    changed.tell();
  };

  const list = (items: readonly ListItem[]): Recommendation[] =>
    items.map(({ id, score, reasons, propensity }) => ({
      id, score, reasons: reasons.map((reason) => inWords(reason, nameOf)),
      ...(propensity === undefined ? {} : { propensity }),
    }));

  const ledger = async (): Promise<readonly LedgerEntry[]> => (await promised(core.ledger())) as LedgerEntry[];

  /** The log is changed: after what is under way, and the other tabs hear of it. */
  const changing = <T>(work: () => Promise<T>): Promise<T> => queue(async () => {
    const done = await promised(work());
    other.tell();
    changed.tell();
    return done;
  });

  const reporting = (): ProfileState['reports'] =>
    options.reports === undefined ? 'not-set-up' : globalPrivacyControl() ? 'gpc' : reports === undefined ? 'not-allowed' : 'on';

  const erase = (): Promise<Date> => queue(async () => {
    const date = new Date(await promised(core.erase(Date.now())));
    other.tell();
    changed.tell();
    return date;
  });

  const profile: Profile & { snapshot(): Uint8Array } = {
    record(kind: Kind, item: string, details?: Details | null): Refusal | undefined {
      const now = Date.now();
      const { at = now, price, quantity, rating, dwell, sentiment, recommended, propensity, arm } = details ?? {};
      const refusal = guarded(() => core.record(
        asText(kind), asText(item), asNumber(at), asOptional(price), asOptional(quantity), asOptional(rating), asOptional(dwell),
        asOptional(sentiment), recommended === true, asOptional(propensity), asName(arm), now,
      ));
      if (refusal !== undefined) return refusal as Refusal;
      if (status() === 'ready') void write();
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
      const hide = bought === undefined ? which === 'for-you' : bought === 'hide';
      const cap = which === 'buy-again' ? 0 : perCategory;
      const only = category === undefined ? undefined : asText(category);
      return list(guarded(() => core.recommend(
        limit, asText(which), only, asTexts(exclude), hide, seen === 'hide', cap, reasons, asNumber(explore), asName(arm), asNumber(at),
      )));
    },
    arm: () => core.arm(Date.now()) as Arm,
    rank: (ids, { reasons = true } = {}) => list(guarded(() => core.rank(asTexts(ids), reasons, Date.now()))),
    similar: (id, { limit = 12, exclude = [] } = {}) => list(guarded(() => core.similar(asText(id), asTexts(exclude), limit))),
    explain(id) {
      const { position, score, reasons } = guarded(() => core.explain(asText(id), Date.now()));
      return {
        id, position, score,
        reasons: reasons.map((reason) => ({ ...inWords(reason, nameOf), positionWithout: reason.positionWithout ?? position })),
      };
    },
    taste: () => core.taste(),
    lastStep: () => core.lastStep() as LearningStep | undefined,
    subscribe: (listener) => changed.add(listener),
    setConsent(given) {
      // Taken back, it cancels what is under way before anything else.
      if (!given.profile || !given.reports) reports?.stop();
      return queue(async () => {
        if (given.profile && consent?.profile !== true) await promised(core.grant());
        if (!given.profile && consent?.profile !== false) await promised(core.refuse(Date.now()));
        consent = given;
        withReports(given.profile && given.reports);
        other.tell({ consent: given });
        changed.tell();
      });
    },
    pause(on = true) {
      paused = on;
      core.pause(on);
      changed.tell();
    },
    async correct({ item, category, as }) {
      guarded(() => { core.correct(asText(as), asText(item ?? category), item === undefined, Date.now()); });
      changed.tell();
      await write();
      changed.tell(); // what reaches back has been learnt again
    },
    corrections: () => standing(core.corrections()),
    forget: ({ item, category, kind, at, before }) => changing(async () =>
      (await core.change('forget', asName(item), asName(category), asName(kind), asOptional(at), asOptional(before))) as number),
    undo: () => changing(async (): Promise<Undone | undefined> => {
      const [what, verb, name, count] = ((await core.change('undo')) || []) as Partial<[string, string, string, number]>;
      if (what === undefined || name === undefined) return undefined;
      if (what === 'forgetting') return { what, count: count ?? 0 };
      if (what === 'interaction') return { what, kind: verb as Kind, item: name };
      return { what: 'correction', correction: what === 'item' ? { item: name, as: verb as Wish } : { category: name, as: verb as Wish } };
    }),
    interests: async () => (await promised(core.tell('interests', 0))) as readonly Interest[],
    history: async ({ limit = 20 } = {}) => ((await promised(core.tell('history', limit))) as readonly Change[])
      .map((one) => ({ ...one, text: deed(one.kind, nameOf(one.item)) })),
    map: () => core.map(Date.now()),
    nameOf,
    export: async () => exported(core, options.signals ?? {}, await ledger()),
    import: (data) => changing(() => imported(core, data)),
    erase,
    ledger,
    state(): ProfileState {
      const [date, problem] = [core.noReportsBefore(), core.problem()];
      return {
        status: status(),
        paused,
        interactions: core.interactions(),
        refused: Object.fromEntries(core.refused().filter(([, count]) => count > 0)),
        gpc: globalPrivacyControl(),
        reports: reporting(),
        epsilon: losses(core),
        ...(date === undefined ? {} : { noReportsBefore: date }),
        ...(problem === undefined ? {} : { problem: { code: problem[0], message: problem[1] } }),
      };
    },
    saved: () => write(),
    close() {
      reports?.stop();
      watching.forEach((stop) => { stop(); });
      void queue(() => core.close(Date.now())).then(() => { other.close(); });
    },
    snapshot: () => core.snapshot(),
  };
  return profile;
}

/** Longer than any id: what is above it need not be copied into the module to be refused. */
const LONGEST = 1_000;

/** Pages pass anything at all; what is no text is no item, what is no number is refused as such. */
const asText = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST) : '');
const asName = (value: unknown): string | undefined => (value === undefined ? undefined : asText(value));
const asTexts = (values: readonly unknown[]): string[] => values.map(asText);
const asNumber = (value: unknown): number => (typeof value === 'number' ? value : NaN);
const asOptional = (value: unknown): number | undefined => (value === undefined ? undefined : asNumber(value));
