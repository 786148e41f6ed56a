import type { Change, ShopMap } from '../types.js';
import { folded, h, svg, table } from './dom.js';
import type { Child } from './dom.js';

type Point = readonly [number, number];
const EDGE = 36;
const height = (width: number): number => Math.round(width * 0.65);
/** Steps of the path. */
const STEPS = 8;

/** The shop as a plane: departments by name, where the shopper is, and by which way. */
export function drawMap({ departments, here }: ShopMap, changes: readonly Change[], width: number): Child[] {
  if (departments.length === 0) return [h('p', { class: 'muted' }, 'This shop brings no map.')];
  const steps = changes.filter((change) => change.here !== undefined).slice(-STEPS);
  const path = steps.flatMap((change) => (change.here === undefined ? [] : [change.here]));
  const fit = fitting([...departments.map(([, at]) => at), ...path, ...(here === undefined ? [] : [here])], width);
  const places = departments.map(([name, at]) => ({ name, at: fit(at) }));
  const you = here === undefined ? undefined : fit(here);
  const labels = labelled(places, you, width);

  const picture = svg('svg', { viewBox: `0 0 ${width} ${height(width)}`, width, height: height(width), role: 'img', 'aria-label': 'Map of the shop; the table below says the same' },
    ...places.map(({ at: [cx, cy] }) => svg('circle', { class: 'centre', cx, cy, r: 4 })),
    path.length > 1 && svg('polyline', { class: 'path', points: [...path.map(fit), ...(you === undefined ? [] : [you])].map((at) => at.join()).join(' ') }),
    ...path.map(fit).map(([cx, cy]) => svg('circle', { class: 'step', cx, cy, r: 3 })),
    ...labels.map(({ text, x, y }) => svg('text', { x, y }, text)),
    you !== undefined && svg('circle', { class: 'here', cx: you[0], cy: you[1], r: 8 }),
    you !== undefined && svg('text', { class: 'you', ...beside(you, 'You are here', width) }, 'You are here'));

  const row = (name: string, at: Point): Child[] => [name, ...(here === undefined ? [] : [distance(at, here).toFixed(2)])];
  const near = here === undefined ? departments : [...departments].sort(([, a], [, b]) => distance(a, here) - distance(b, here));
  return [
    h('p', { class: 'muted' }, 'What is near on it was bought by the same shoppers. '
      + (you === undefined ? 'You are nowhere yet.' : 'The dashed line is the way of your last steps.')),
    picture,
    folded('map table', 'The same as a table',
      table('Departments, nearest first', here === undefined ? ['Department'] : ['Department', 'Distance from you'], near.map(([name, at]) => row(numbered(labels, name), at)), [1]),
      here !== undefined && steps.length > 0 && table('Your last steps, latest first', ['Step', 'Distance from where you are now'],
        [...steps].reverse().map((change) => row(change.text, change.here ?? here)), [1])),
  ];
}

const distance = ([a, b]: Point, [c, d]: Point): number => Math.hypot(a - c, b - d);

/** From the plane's own numbers to the picture, with the same scale both ways. */
function fitting(points: readonly Point[], width: number): (at: Point) => Point {
  const range = (axis: 0 | 1): Point => {
    const values = points.map((at) => at[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [[left, right], [low, high]] = [range(0), range(1)];
  const scale = Math.min((width - 2 * EDGE) / (right - left || 1), (height(width) - 2 * EDGE) / (high - low || 1));
  const round = (value: number): number => Math.round(value * 10) / 10;
  return ([x, y]) => [round(width / 2 + (x - (left + right) / 2) * scale), round(height(width) / 2 - (y - (low + high) / 2) * scale)];
}

interface Label { readonly name: string; readonly text: string; readonly x: number; readonly y: number }

/** Names beside their dots, none over another; one that finds no room gets a number, which the table explains. */
function labelled(places: readonly { readonly name: string; readonly at: Point }[], you: Point | undefined, width: number): Label[] {
  const taken: Box[] = places.map(({ at: [x, y] }) => ({ x: x - 4, y: y - 4, width: 8, height: 8 }));
  if (you !== undefined) taken.push({ x: you[0] - 8, y: you[1] - 8, width: 16, height: 16 }, box(beside(you, 'You are here', width), 'You are here'));
  const labels: Label[] = [];
  places.forEach(({ name, at }, index) => {
    const full = name.length > 26 ? `${name.slice(0, 25)}…` : name;
    const number = String(index + 1);
    for (const text of [full, number]) {
      const spot = around(at, text).find((one) => fits(box(one, text), taken, width));
      if (spot === undefined && text !== number) continue;
      const { x, y } = spot ?? beside(at, text, width);
      taken.push(box({ x, y }, text));
      labels.push({ name, text, x, y });
      break;
    }
  });
  return labels;
}

/** "7 · Bakery" where the picture has only the number. */
function numbered(labels: readonly Label[], name: string): string {
  const label = labels.find((one) => one.name === name);
  return label !== undefined && /^\d+$/.test(label.text) ? `${label.text} · ${name}` : name;
}

interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
const LETTER = 7;
const LINE = 15;

const box = ({ x, y }: { x: number; y: number }, text: string): Box => ({ x, y: y - LINE + 4, width: text.length * LETTER, height: LINE });
const fits = (one: Box, taken: readonly Box[], width: number): boolean =>
  one.x >= 2 && one.y >= 2 && one.x + one.width <= width - 2 && one.y + one.height <= height(width) - 2
  && taken.every((other) => one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y);

function around([x, y]: Point, text: string): { x: number; y: number }[] {
  const long = text.length * LETTER;
  return [
    { x: x + 7, y: y + 4 }, { x: x - 7 - long, y: y + 4 }, { x: x - long / 2, y: y - 8 }, { x: x - long / 2, y: y + 17 },
    { x: x + 7, y: y - 8 }, { x: x + 7, y: y + 17 }, { x: x - 7 - long, y: y - 8 }, { x: x - 7 - long, y: y + 17 },
  ];
}

/** To the right of a point, or to the left where there is no room. */
function beside([x, y]: Point, text: string, width: number): { x: number; y: number } {
  const long = text.length * LETTER;
  return { x: x + 12 + long <= width ? x + 12 : x - 12 - long, y: y + 4 };
}
