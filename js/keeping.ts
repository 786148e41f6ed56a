import { guarded } from './errors.js';
import { asText } from './given.js';
import type { CorrectionItem, LogItems } from './homebody_full.js';
import { HomebodyError } from './index.js';
import { shares } from './lists.js';
import type { FullTab } from './store/rewrite.js';
import type { Arm, ExportedCorrection, Kind, LedgerEntry, LoggedInteraction, ProfileExport, Signal, StandingCorrection, Subject, Wish } from './types.js';
import { ARMS } from './words.js';

const FORMAT = 'homebody-profile-2';
const NUMBERS = ['at', 'price', 'quantity', 'rating', 'dwell', 'propensity'] as const;

/** Everything that is kept, as `docs/export.md` describes it. */
export async function exported(
  tab: FullTab, signals: Readonly<Partial<Record<Kind, Signal>>>,
): Promise<ProfileExport> {
  const ledger = (await tab.ledger()) as readonly LedgerEntry[];
  const { did, said } = (await tab.tell('log', 0)) as LogItems;
  const { core } = tab;
  return {
    format: FORMAT,
    exportedAt: Date.now(),
    bundle: core.bundle(),
    taste: shares(core),
    counts: core.counts(),
    ratings: core.ratings(),
    log: did as readonly LoggedInteraction[],
    corrections: said.map(([after, one]): ExportedCorrection => ({ ...subjectOf(one), as: one.as as Wish, at: one.at ?? 0, after, position: one.position ?? 0 })),
    signals,
    ledger,
  };
}

/** Reads an export into the core, entry by entry; what is wrong anywhere leaves the profile as it is. */
export async function imported(tab: FullTab, given: unknown, merge: boolean): Promise<number> {
  const { core } = tab;
  const data = typeof given === 'object' && given !== null ? given as Readonly<Record<string, unknown>> : {};
  if (data['format'] !== FORMAT && data['format'] !== 'homebody-profile-1') {
    throw new HomebodyError('import-format', `this is no export of a profile: its format is ${JSON.stringify(data['format'])?.slice(0, 64)} and not "${FORMAT}"`);
  }
  const log = listOf(data['log'], 'log');
  const corrections = listOf(data['corrections'] ?? [], 'corrections');
  core.unstage();
  try {
    let next = 0;
    const saidBefore = (did: number): void => {
      for (; next < corrections.length; next += 1) {
        const { as, item, category, at, after } = corrections[next] ?? {};
        if (Number(after) > did) return;
        const about = item === undefined ? 'category' : 'item';
        guarded(() => core.stage(asText(as), asText(item ?? category), about, false, Float64Array.of(Number(at)), Date.now()));
      }
    };
    log.forEach((one, place) => {
      saidBefore(place);
      const [high, low] = Array.isArray(one['seed']) ? one['seed'] as unknown[] : [0, place];
      const numbers = NUMBERS.map((name) => number(one[name], place, name));
      const refusal = guarded(() => core.stage(
        asText(one['kind']), asText(one['item']), undefined, one['recommended'] === true,
        Float64Array.of(...numbers, Number(high), Number(low), asArm(one['arm'])), Date.now(),
      ));
      if (refusal !== undefined) throw broken(`entry ${place} of its log: ${refusal}`);
    });
    saidBefore(Infinity);
  } catch (error) {
    core.unstage();
    throw error;
  }
  return (await tab.change(merge ? 'merge' : 'import')) as number;
}

/** What stands, as the page sees it. */
export function standing(items: readonly CorrectionItem[]): StandingCorrection[] {
  return items.map((one) => ({ ...subjectOf(one), level: one.level, locked: one.locked, notMe: one.notMe }));
}

function subjectOf({ item, category }: CorrectionItem): Subject {
  return item === undefined ? { category: category ?? '' } : { item };
}

function broken(why: string): HomebodyError {
  return new HomebodyError('import-broken', `this export cannot be read: ${why}`);
}

function listOf(value: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'object' && one !== null)) throw broken(`its ${name} is no list`);
  return value as Readonly<Record<string, unknown>>[];
}

const asArm = (value: unknown): number => {
  const number = ARMS.indexOf(value as Arm);
  return number < 0 ? NaN : number;
};

/** A number, or NaN where there is none. */
function number(value: unknown, place: number, name: string): number {
  if (value === undefined || value === null) return NaN;
  if (typeof value !== 'number') throw broken(`entry ${place} of its log: ${name} is no number`);
  return value;
}
