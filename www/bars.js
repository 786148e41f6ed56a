// Pairs of bars, before and after, around a zero line. Whoever draws one gives its table beside it.

import { element } from './svg.js';

const [WIDTH, ROW, NAMES] = [400, 26, 84];

/** @param {{ name: string, before: number, after: number }[]} rows */
export function bars(rows) {
  const largest = Math.max(1e-9, ...rows.flatMap(({ before, after }) => [Math.abs(before), Math.abs(after)]));
  const middle = NAMES + (WIDTH - NAMES) / 2;
  const scale = (WIDTH - NAMES) / 2 / largest;
  const svg = element('svg', { class: 'bars', viewBox: `0 0 ${WIDTH} ${rows.length * ROW + 4}`, role: 'img', 'aria-label': 'Bars of the dimensions that moved most; the table below has the same numbers' });
  rows.forEach(({ name, before, after }, row) => {
    const top = row * ROW + 4;
    const bar = (value, kind, y) => element('rect', {
      class: kind, x: value < 0 ? middle + value * scale : middle, y, width: Math.max(1, Math.abs(value) * scale), height: 9, rx: 2,
    });
    svg.append(element('text', { x: 0, y: top + 13 }, name), bar(before, 'before', top), bar(after, 'after', top + 10));
  });
  svg.append(element('line', { class: 'axis', x1: middle, x2: middle, y1: 0, y2: rows.length * ROW + 4 }));
  return svg;
}
