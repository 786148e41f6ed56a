import { guarded } from './errors.js';
import { asName, asNumber, asOptional, asText } from './given.js';
import { exported, imported, standing } from './keeping.js';
import type { FullTab } from './store/rewrite.js';
import type { Change, Explanation, Interest, Kind, LedgerEntry, Options, Profile, Reason, Undone, Wish } from './types.js';
import { deed } from './words.js';

/** The calls of a profile that only the full module answers. */
type Answered =
  | 'explain' | 'correct' | 'corrections' | 'forget' | 'undo' | 'interests' | 'history' | 'map' | 'export' | 'import' | 'ledger';
export type Answers = Pick<Profile, Answered>;

/** What they ask of the profile. */
export interface Page {
  readonly options: Options;
  nameOf(id: string): string;
  /** A reason among the core's numbers. */
  reason(numbers: Float64Array, at: number): Reason;
  /** The full module's tab. */
  full(): Promise<FullTab>;
  /** The same, to change the log, which a head must not. */
  toChange(): Promise<FullTab>;
  queue<T>(work: () => Promise<T>): Promise<T>;
  write(): Promise<void>;
  /** Tells this tab's listeners. */
  changed(): void;
  /** Tells other tabs. */
  tell(): void;
}

export function answers(page: Page): Answers {
  const { full, toChange } = page;

  /** The log is changed: after what is under way, and the other tabs hear of it. */
  const changing = async <T>(work: (able: FullTab) => Promise<T>): Promise<T> => {
    const able = await toChange();
    return page.queue(async () => {
      const done = await work(able);
      page.tell();
      page.changed();
      return done;
    });
  };

  return {
    async explain(id) {
      const { core } = await full();
      return explanation(id, guarded(() => core.explain(asText(id), Date.now())), page.reason);
    },
    async correct({ item, category, as }) {
      const { core } = await toChange();
      guarded(() => { core.correct(asText(as), asText(item ?? category), item === undefined, Date.now()); });
      page.changed();
      await page.write();
      page.changed(); // what reaches back has been learnt again
    },
    corrections: async () => standing((await full()).core.corrections()),
    forget: ({ item, category, kind, at, before }) => changing(async (able) =>
      (await able.change('forget', asName(item), asName(category), asName(kind), asOptional(at), asOptional(before))) as number),
    undo: () => changing(async (able): Promise<Undone | undefined> => {
      const [what, verb, name, count] = ((await able.change('undo')) || []) as Partial<[string, string, string, number]>;
      if (what === undefined || name === undefined) return undefined;
      if (what === 'forgetting') return { what, count: count ?? 0 };
      if (what === 'interaction') return { what, kind: verb as Kind, item: name };
      return { what: 'correction', correction: what === 'item' ? { item: name, as: verb as Wish } : { category: name, as: verb as Wish } };
    }),
    interests: async () => (await (await full()).tell('interests', 0)) as readonly Interest[],
    history: async ({ limit = 20 } = {}) => ((await (await full()).tell('history', limit)) as readonly Change[])
      .map((one) => ({ ...one, text: deed(one.kind, page.nameOf(one.item)) })),
    map: async ({ at = Date.now() } = {}) => (await full()).core.map(asNumber(at)),
    export: async () => exported(await full(), page.options.signals ?? {}),
    import: (data, { merge = false } = {}) => changing((able) => imported(able, data, merge)),
    ledger: async () => (await (await full()).ledger()) as readonly LedgerEntry[],
  };
}

/** What the core says in numbers (`src/web/flat.rs`). */
function explanation(id: string, numbers: Float64Array, reason: Page['reason']): Explanation {
  const [position = NaN, score = NaN] = numbers;
  const reasons = [];
  for (let at = 2; at < numbers.length; at += 5) {
    reasons.push({ ...reason(numbers, at), positionWithout: numbers[at + 4] ?? NaN });
  }
  return { id, position, score, reasons };
}
