import type { Kind, Reason } from './types.js';

/** "because you … Cheddar", in the order of the core's numbers. */
const DEEDS: Readonly<Record<Kind, string>> = {
  impression: 'saw', view: 'viewed', click: 'chose', search: 'searched for', cart: 'put into your cart',
  uncart: 'took out of your cart', wish: 'wished for', purchase: 'bought', payment: 'paid for',
  delivery: 'received', refund: 'sent back', rate: 'rated',
};

/** What was done, in words: "you put Cheddar into your cart". */
export function deed(kind: Kind, name: string): string {
  const verb = DEEDS[kind];
  // "put into your cart Cheddar" would be no English.
  const [first, ...rest] = verb.split(' into your cart');
  return rest.length > 0 ? `you put ${name} into your cart` : `you ${first ?? verb} ${name}`;
}

/** All kinds, in the order of the core's numbers. */
export const KINDS = Object.keys(DEEDS) as readonly Kind[];

/** A reason of the core, in words. */
export function inWords(
  because: Reason['because'], contribution: number, item = '', at = 0, nameOf = (id: string): string => id,
): Reason {
  if (because === 'asked') return { text: 'because you asked for more like it', because, contribution };
  if (because === 'popular') return { text: 'popular in this shop', because, contribution };
  return { text: `because ${deed(because, nameOf(item))}`, because, item, at, contribution };
}

/** Why something is not learnt, in the order of the core's numbers. */
export const REFUSALS = ['unknown-item', 'impossible-time', 'duplicate', 'absurd-size', 'invalid-value', 'too-many', 'sensitive'] as const;

/** What may come of recording, in the order of the core's numbers: learnt (and to be stored), or why not. */
export const OUTCOMES = ['kept', 'to-store', 'unknown-kind', 'closed', 'no-consent', 'paused', 'not-yet', ...REFUSALS] as const;
