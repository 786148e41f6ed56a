// What ε buys: how well two real households can be told apart by a month of reports, beside the error bars of a crowd.
// The figures are those of `homebody attack --kind tell-apart`.
import { h, table } from '../dom.js';
import { element } from '../svg.js';
import { epsilon, number, points } from './words.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [400, 220, 56, 120, 12, 30];

/** @param {{ default_milli: number, shoppers: number[], points: object[] }} figures */
export function apart({ default_milli: own, shoppers, points: all }) {
  const now = all.find(({ month_milli: month }) => month === own);
  const crowds = shoppers.map(number);
  const bars = (of) => crowds.map((crowd, place) => `±\u00a0${points(now.half[of][place] / 100)} for ${crowd}`).join(', ');
  const line = (name, kind, value) => ({ name, kind, values: all.map(value) });
  const half = (of, title, kind) => crowds.map((crowd, place) => line(`${title}, ${crowd}`, place === 0 ? kind : `${kind} many`, (point) => point.half[of][place]));
  return h('section', { 'aria-labelledby': 'apart' },
    h('h2', { id: 'apart' }, 'What ε buys'),
    h('div', { class: 'score' },
      figure('Told apart (AUC)', now.auc.most.toFixed(2), `those who report most; all: ${now.auc.all.toFixed(2)}. 0.5 is guessing, 1 is knowing`),
      figure('Share of a department', `±\u00a0${points(now.half.department[1] / 100)}`, `points: ${bars('department')} shoppers`),
      figure('Click-through of the shelf', `±\u00a0${points(now.half.shelf[1] / 100)}`, `points: ${bars('shelf')} shoppers`)),
    h('p', {}, `At ε = ${epsilon(own)} a month, the most that a browser spends. The attacker knows what two real households would have reported before the noise, `
      + 'and which of a month’s reports are one browser’s: more than this server does. The upright line marks this ε.'),
    h('div', { class: 'two' },
      card('Two households told apart (AUC), by ε a month', all, own, [line('who report most', 'one', ({ auc }) => auc.most), line('all', 'one many', ({ auc }) => auc.all)],
        [0.5, 0.6, 0.7, 0.8, 0.9, 1].map((value) => [value, String(value)]), (value) => 2 * value - 1),
      card('Error bars of a crowd (± points), by ε a month', all, own, [...half('department', 'share', 'one'), ...half('shelf', 'shelf', 'two')],
        [1, 10, 100, 1000].map((value) => [value, `±\u00a0${number(value)}`]), (value) => Math.log10(value) / 3)),
    h('details', {}, h('summary', {}, 'What ε buys, as a table'),
      table('Told apart, and error bars in points', ['ε a month', 'AUC, who report most', 'AUC, all', ...['Share', 'Shelf'].flatMap((of) => crowds.map((crowd) => `${of} ±, ${crowd}`))],
        all.map(({ month_milli: month, auc, half: { department, shelf } }) =>
          [epsilon(month), auc.most.toFixed(2), auc.all.toFixed(2), ...[...department, ...shelf].map((half) => points(half / 100))]))));
}

const figure = (name, value, note) => h('div', {}, h('span', { class: 'muted' }, name), h('strong', { class: 'figure' }, value), h('span', { class: 'muted' }, note));

/** Lines over ε, on a scale of ratios; `height` is from 0 to 1. The table has the same numbers. */
function card(title, all, own, lines, marks, height) {
  const months = all.map(({ month_milli: month }) => Math.log(month));
  const [first, last] = [months[0], months[months.length - 1]];
  const x = (month) => LEFT + ((month - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - Math.min(1, Math.max(0, height(value))) * (HEIGHT - TOP - BOTTOM);
  const text = (at, down, anchor, words) => element('text', { x: at, y: down + 4, 'text-anchor': anchor }, words);
  const path = (kind, d) => element('path', { class: kind, d });
  return h('div', { class: 'card plot' }, h('h3', {}, title),
    element('svg', { class: 'lines', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
      ...marks.flatMap(([value, name]) => [path('grid', `M${LEFT} ${y(value)}H${WIDTH - RIGHT}`), text(LEFT - 6, y(value), 'end', name)]),
      ...all.filter((_, place) => place % 2 === 1).map(({ month_milli: month }) => text(x(Math.log(month)), HEIGHT - BOTTOM + 14, 'middle', epsilon(month))),
      path('cursor', `M${x(Math.log(own))} ${TOP}V${HEIGHT - BOTTOM}`),
      ...lines.flatMap(({ name, kind, values }, index) => [
        path(`line ${kind}`, `M${values.map((value, place) => `${x(months[place])} ${y(value)}`).join('L')}`),
        text(WIDTH - RIGHT + 6, y(values[values.length - 1]) + (index < lines.length / 2 ? -5 : 7), 'start', name)])));
}
