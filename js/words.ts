import type { Kind, Reason } from './types.js';

/** "you put Cheddar into your cart": what stands before the name and behind it, in the order of the core's numbers. */
const DEEDS: Readonly<Record<Kind, readonly [before: string, behind: string]>> = {
  impression: ['you saw ', ''], view: ['you viewed ', ''], click: ['you chose ', ''], search: ['you searched for ', ''],
  cart: ['you put ', ' into your cart'], uncart: ['you took ', ' out of your cart'], wish: ['you wished for ', ''],
  purchase: ['you bought ', ''], payment: ['you paid for ', ''], delivery: ['you received ', ''],
  refund: ['you sent back ', ''], rate: ['you rated ', ''],
};

/** What was done, in words. */
export function deed(kind: Kind, name: string): string {
  const [before, behind] = DEEDS[kind];
  return before + name + behind;
}

/** All in the order of the core's numbers. */
export const ARMS = ['personal', 'popular'] as const;
export const LISTS = ['for-you', 'buy-again', 'discover'] as const;
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
