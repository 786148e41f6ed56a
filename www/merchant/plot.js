// A line of estimates in its band of intervals, drawn in the pixels that it has.
import { element } from '../svg.js';
import { datesOf, number } from './words.js';

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [260, 64, 12, 12, 28];

/** @param {{ from: number, to: number, value: number, half: number }[]} points @param {number} chosen @param {number} width */
export function plot(points, chosen, width) {
  const ticks = steps(Math.min(0, ...points.map(({ value, half }) => value - half)), Math.max(1, ...points.map(({ value, half }) => value + half)));
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (place) => (points.length === 1 ? (LEFT + width - RIGHT) / 2 : LEFT + (place / (points.length - 1)) * Math.max(1, width - LEFT - RIGHT));
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const path = (list) => list.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(' ');
  const upper = points.map(({ value, half }, place) => [x(place), y(value + half)]);
  const lower = points.map(({ value, half }, place) => [x(place), y(value - half)]);
  const middle = points.map(({ value }, place) => [x(place), y(value)]);
  return element('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: 'img', 'aria-label': 'Sums over time with their intervals; the table below has the same numbers' },
    ...ticks.flatMap((tick) => [
      element('line', { class: tick === 0 ? 'zero' : 'grid', x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
      element('text', { x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, number(tick)),
    ]),
    ...labels(points, width).map(({ place, anchor }) => element('text', { x: x(place), y: HEIGHT - 8, 'text-anchor': anchor }, datesOf(points[place]))),
    element('polygon', { class: 'band', points: path([...upper, ...lower.reverse()]) }),
    ...points.map(({ value, half }, place) => element('line', { class: 'whisker', x1: x(place), x2: x(place), y1: y(value - half), y2: y(value + half) })),
    element('polyline', { class: 'line', points: path(middle) }),
    element('line', { class: 'cursor', x1: x(chosen), x2: x(chosen), y1: TOP, y2: HEIGHT - BOTTOM }),
    ...middle.map(([cx, cy], place) => element('circle', { class: 'dot', cx, cy, r: place === chosen ? 6 : 3 })));
}

/** The point that is nearest to a pixel. */
export const placeAt = (points, x, width) => Math.round(((x - LEFT) / Math.max(1, width - LEFT - RIGHT)) * (points.length - 1));

/** First, last, and between them where there is room. */
function labels(points, width) {
  const last = points.length - 1;
  if (last === 0) return [{ place: 0, anchor: 'middle' }];
  const ends = [{ place: 0, anchor: 'start' }, { place: last, anchor: 'end' }];
  return width < 560 || last < 4 ? ends : [...ends, { place: Math.round(last / 2), anchor: 'middle' }];
}

/** Round numbers from `low` or below to `high` or above. */
function steps(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const from = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - from + 1 }, (_, n) => (from + n) * step);
}
