import type { Core } from './homebody.js';
import type { Explanation, Reason, Recommendation } from './types.js';
import { KINDS, inWords } from './words.js';

/** All that is read is there. */
const number = (numbers: Float64Array, at: number): number => numbers[at] ?? NaN;

/** Reads what the core says in numbers (`src/web/flat.rs`); an id is read once and kept. */
export function reader(core: Core, nameOf: (id: string) => string): {
  list(numbers: Float64Array): Recommendation[];
  explanation(id: string, numbers: Float64Array): Explanation;
  /** Places are those of another bundle from now on. */
  forget(): void;
} {
  let ids: string[] = [];
  const idOf = (place: number): string => (ids[place] ??= core.id(place));

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
    explanation(id, numbers) {
      const position = number(numbers, 0), score = number(numbers, 1);
      const reasons = [];
      for (let at = 2; at < numbers.length; at += 5) {
        reasons.push({ ...reason(numbers, at), positionWithout: number(numbers, at + 4) });
      }
      return { id, position, score, reasons };
    },
    forget() {
      ids = [];
    },
  };
}
