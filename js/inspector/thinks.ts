import type { Interest, StandingCorrection } from '../types.js';
import { button, count, folded, h, percent, table, when } from './dom.js';
import type { Child } from './dom.js';
import { drawMap } from './map.js';
import type { Context } from './put-right.js';
import { putRight, standOf, subjectName, tags } from './put-right.js';

const SURE = { guess: 'a guess', likely: 'likely', sure: 'sure' } as const;
const SHOWN = 8;
/** Pixels that the map is wide at most. */
const MAP = 720;

/** What it thinks: tastes in words and bars, what was put right, and the map. */
export async function thinks(context: Context): Promise<Child[]> {
  const { profile } = context;
  const [interests, changes, standing, map] = await Promise.all([profile.interests(), profile.history(), profile.corrections(), profile.map()]);
  const rows = interests.map((one) => interest(context, one, standOf(standing, { category: one.category })));
  return [
    h('p', {}, inWords(interests)),
    ...(rows.length === 0 ? [] : [
      h('ul', { 'aria-label': 'What it thinks you like' }, ...rows.slice(0, SHOWN)),
      rows.length > SHOWN && folded('all', `All ${rows.length} categories`, h('ul', {}, ...rows.slice(SHOWN))),
      folded('table', 'The same as a table', asTable(interests, standing)),
    ]),
    ...corrections(context, standing),
    ...never(profile.sensitive()),
    h('h2', {}, 'Where you are in this shop'),
    ...drawMap(map, changes, Math.min(MAP, Math.max(280, context.width))),
  ];
}

function inWords(interests: readonly Interest[]): string {
  const [first, second] = interests;
  if (first === undefined) return 'It knows nothing about you yet.';
  const says = ({ category, share, sure }: Interest): string => `${category} (${percent(share)} of your interest, ${SURE[sure]})`;
  return `It thinks that you care most for ${says(first)}${second === undefined ? '' : `, then for ${says(second)}`}. `
    + 'What you do now counts more than what you did long ago.';
}

function interest(context: Context, one: Interest, stand: StandingCorrection | undefined): HTMLElement {
  const bar = h('div', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(Math.min(1, one.share)));
  return h('li', { class: 'interest' },
    h('span', {}, one.category, ...tags(stand).flatMap((tag) => [' ', h('span', { class: 'tag' }, tag)])),
    h('span', { class: 'figure' }, `${percent(one.share)} ± ${percent(one.error)}`),
    bar,
    h('span', { class: 'muted' }, [
      SURE[one.sure], `from ${count(one.interactions, 'interaction')}`,
      ...(one.changedAt === undefined ? [] : [`last changed ${when(one.changedAt)}`]),
    ].join(' · ')),
    folded(`right ${one.category}`, 'Put right', putRight(context, { category: one.category }, stand)));
}

function asTable(interests: readonly Interest[], standing: readonly StandingCorrection[]): HTMLElement {
  const heads = ['Category', 'Share', '±', 'How sure', 'Interactions', 'Last changed', 'Put right'];
  return table('What it thinks you like', heads, interests.map((one) => [
    one.category, percent(one.share), percent(one.error), SURE[one.sure], one.interactions.toLocaleString('en-GB'),
    one.changedAt === undefined ? 'long ago' : when(one.changedAt), tags(standOf(standing, { category: one.category })).join(', '),
  ]), [1, 2, 4]);
}

/** What is nobody's business: by the shop's list; what the shopper adds to it stands among what was put right. */
function never(sensitive: readonly string[]): Child[] {
  const own = 'Is something else nobody’s business? “Not me” at its category makes it sensitive to you: what it taught is unlearnt, '
    + 'nothing is learnt from it again, and no report counts it.';
  return [
    h('h2', {}, 'What it never learns from'),
    h('p', {}, sensitive.length === 0 ? 'This shop names nothing as sensitive.' : `This shop names ${count(sensitive.length, 'category').replace('categorys', 'categories')} as sensitive: what you do there is not `
      + 'learnt from, not written down and not reported, and what is shown there is the same for everybody.'),
    h('p', { class: 'muted' }, own),
    sensitive.length > 0 && folded('sensitive', 'The sensitive categories', h('ul', { 'aria-label': 'Sensitive categories' }, ...[...sensitive].sort().map((name) => h('li', {}, name)))),
  ];
}

function corrections(context: Context, standing: readonly StandingCorrection[]): Child[] {
  if (standing.length === 0) return [];
  const line = (one: StandingCorrection): HTMLElement => {
    const name = subjectName(context.profile, one);
    const takeBack = (): void => {
      context.act(async () => {
        await context.profile.correct(one.item === undefined ? { category: one.category, as: 'clear' } : { item: one.item, as: 'clear' });
        return `Nothing is put right about ${name} any more.`;
      });
    };
    return h('li', { class: 'row' }, h('span', {}, name), ...tags(one).map((tag) => h('span', { class: 'tag' }, tag)),
      button(`back ${one.item ?? one.category}`, 'Take back', takeBack, { 'aria-label': `Take back: ${name}` }));
  };
  return [h('h2', {}, 'What you put right'), h('ul', { 'aria-label': 'What you put right' }, ...standing.map(line))];
}
