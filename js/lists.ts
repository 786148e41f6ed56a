import type { Core } from './homebody.js';
import { unpackedTexts } from './store/rows.js';
import type { LearningStep, ProfileState, Reason, Recommendation, TasteShare } from './types.js';
import { KINDS, REFUSALS, inWords } from './words.js';

/** All that is read is there. */
const number = (numbers: Float64Array, at: number): number => numbers[at] ?? NaN;

/** Reads what the core says in numbers (`src/web/flat.rs`); an id is read once and kept. */
export function reader(idAt: (place: number) => string, nameOf: (id: string) => string): {
  list(numbers: Float64Array): Recommendation[];
  reason(numbers: Float64Array, at: number): Reason;
  /** Places are those of another bundle from now on. */
  forget(): void;
} {
  let ids: string[] = [];
  const idOf = (place: number): string => (ids[place] ??= idAt(place));

  const reason = (numbers: Float64Array, at: number): Reason => {
    const because = number(numbers, at), contribution = number(numbers, at + 1);
    if (because < 0) return inWords(because === -1 ? 'popular' : 'asked', contribution);
    return inWords(KINDS[because] ?? 'popular', contribution, idOf(number(numbers, at + 2)), number(numbers, at + 3), nameOf);
  };

  return {
    list(numbers) {
      const items: Recommendation[] = [];
      for (let at = 0; at < numbers.length;) {
        const place = number(numbers, at), score = number(numbers, at + 1), propensity = number(numbers, at + 2);
        const reasons: Reason[] = [];
        const end = at + 4 + 4 * number(numbers, at + 3);
        for (at += 4; at < end; at += 4) reasons.push(reason(numbers, at));
        const item = { id: idOf(place), score, reasons };
        items.push(Number.isNaN(propensity) ? item : { ...item, propensity });
      }
      return items;
    },
    reason,
    forget() {
      ids = [];
    },
  };
}

/** Taste by department. */
export function shares(core: Core): TasteShare[] {
  const numbers = core.taste();
  const row = (department: string, place: number): TasteShare =>
    ({ department, share: number(numbers, 3 * place + 1), interactions: number(numbers, 3 * place + 2) });
  return unpackedTexts(core.departments()).map(row);
}

/** The latest step of learning. */
export function latest(core: Core): LearningStep | undefined {
  const [kind = NaN, at = 0, label = 0, weight = 0, loss = 0, ...taste] = core.lastStep();
  if (Number.isNaN(kind)) return undefined;
  const half = taste.length / 2;
  return { kind: KINDS[kind] ?? 'view', item: core.lastItem(), at, label, weight, loss, before: taste.slice(0, half), after: taste.slice(half) };
}

/** How many were refused, by reason. */
export function refusals(core: Core): ProfileState['refused'] {
  const counts = core.refused();
  return Object.fromEntries(REFUSALS.map((reason, place) => [reason, counts[place] ?? 0] as const).filter(([, count]) => count > 0));
}
