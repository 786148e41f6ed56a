import type { Change, Profile, Refusal, StandingCorrection } from '../types.js';
import { button, count, folded, h, percent, step, table, when } from './dom.js';
import type { Child } from './dom.js';
import type { Context } from './put-right.js';
import { forgetting, putRight, standOf } from './put-right.js';

/** What `history` gives at most. */
const MOST = 200;

/** Why: each event, what it changed, and which items moved. Newest first. */
export async function why(context: Context, limit: number, more: () => void): Promise<Child[]> {
  const { profile } = context;
  const [history, standing] = await Promise.all([profile.history({ limit }), profile.corrections()]);
  const changes = [...history].reverse();
  const { interactions, refused } = profile.state();
  if (changes.length === 0) {
    return [h('p', {}, interactions === 0 ? 'Nothing has happened yet.' : 'Things were on your screen; nothing else has happened yet.'), ...refusals(refused)];
  }
  return [
    h('p', { class: 'muted' }, 'What you did → what it changed → what climbed in the list made for you.'),
    h('ol', { 'aria-label': 'What changed, newest first' }, ...changes.map((change) => line(context, change, standing))),
    changes.length === limit && limit < MOST && button('more', 'Show more', more),
    folded('why table', 'The same as a table', asTable(profile, changes)),
    ...refusals(refused),
  ];
}

const UNLEARNT = {
  unknown: 'taught nothing: the shop does not carry it any more',
  'not-me': 'taught nothing: you said that it is not you',
  locked: 'taught nothing: you locked what is thought of it',
} as const;

const arrow = (): HTMLElement => h('span', { class: 'arrow', 'aria-hidden': 'true' }, ' → ');

function line(context: Context, change: Change, standing: readonly StandingCorrection[]): HTMLElement {
  const { profile } = context;
  const { item, kind, at, text } = change;
  const moved = movedInWords(profile, change);
  return h('li', { class: 'change' },
    h('p', {}, `${when(at)}: ${text}`, arrow(), effect(change), ...(moved === '' ? [] : [arrow(), moved])),
    folded(`event ${kind} ${item} ${at}`, 'Put right',
      h('div', { class: 'row' }, button(`event ${item} ${at}`, 'Forget this event',
        () => { context.act(() => forgetting(profile, { item, kind, at }, text)); }, { 'aria-label': `Forget this event: ${text}, ${when(at)}`, class: 'danger' })),
      putRight(context, { item }, standOf(standing, { item }))));
}

/** "Dairy > Cheese +4 %, to 16 %". */
function effect({ unlearnt, category, before, after }: Change): string {
  if (unlearnt !== undefined) return UNLEARNT[unlearnt];
  if (category === undefined) return 'learnt';
  const change = step(after - before);
  return /^0/.test(change) ? `${category} stays at ${percent(after)}` : `${category} ${change}, to ${percent(after)}`;
}

/** "Brie from place 14 to 3, …". */
function movedInWords(profile: Profile, { moved }: Change): string {
  return moved
    .map(({ item, from, to }) => `${profile.nameOf(item)} ${from === undefined ? 'from far below' : `from place ${from}`} to ${to}`)
    .join(', ');
}

function asTable(profile: Profile, changes: readonly Change[]): HTMLElement {
  return table('What changed, newest first', ['When', 'What you did', 'What it changed', 'What climbed'], changes.map((change) =>
    [when(change.at), change.text, effect(change), movedInWords(profile, change)]));
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  'unknown-item': 'not a product of this shop', 'impossible-time': 'an impossible time', duplicate: 'the same one twice',
  'absurd-size': 'an absurd size', 'invalid-value': 'an invalid value', 'too-many': 'too many at once', sensitive: 'sensitive, so not learnt from',
  paused: 'learning was paused', 'no-consent': 'you did not allow it',
};

function refusals(refused: Readonly<Partial<Record<Refusal, number>>>): Child[] {
  const rows = Object.entries(refused) as [Refusal, number][];
  if (rows.length === 0) return [];
  const all = rows.reduce((sum, [, times]) => sum + times, 0);
  return [folded('refused', `${count(all, 'event')} not learnt from`,
    table('Events that were not learnt from', ['Why', 'Events'], rows.map(([reason, times]) => [REFUSALS[reason], String(times)]), [1]))];
}
