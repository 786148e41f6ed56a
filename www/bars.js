// Pairs of bars, before and after, around a zero line. Whoever draws one gives its table beside it.

import { element } from './svg.js';

const [WIDEST, ROW, NAMES] = [736, 36, 112];

/**
 * @param {{ name: string, before: number, after: number }[]} rows
 * @param {number} room pixels that there are: drawn in its own size, its words are as large as any
 */
export function bars(rows, room) {
  const width = Math.min(WIDEST, room);
  const largest = Math.max(1e-9, ...rows.flatMap(({ before, after }) => [Math.abs(before), Math.abs(after)]));
  const middle = NAMES + (width - NAMES) / 2;
  const scale = (width - NAMES) / 2 / largest;
  const svg = element('svg', { class: 'bars', width, height: rows.length * ROW + 4, role: 'img', 'aria-label': 'Bars of the dimensions that moved most; the table below has the same numbers' });
  rows.forEach(({ name, before, after }, row) => {
    const top = row * ROW + 4;
    const bar = (value, kind, y) => element('rect', {
      class: kind, x: value < 0 ? middle + value * scale : middle, y, width: Math.max(1, Math.abs(value) * scale), height: 12, rx: 3,
    });
    svg.append(element('text', { x: 0, y: top + 19 }, name), bar(before, 'before', top), bar(after, 'after', top + 14));
  });
  svg.append(element('line', { class: 'axis', x1: middle, x2: middle, y1: 0, y2: rows.length * ROW + 4 }));
  return svg;
}
