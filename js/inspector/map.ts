import type { ShopMap } from '../types.js';
import { folded, h, svg, table } from './dom.js';
import type { Child } from './dom.js';
import { labelled } from './labels.js';
import type { Label, Point } from './labels.js';

/** Where the shopper stood after a step, and the step in words. */
export interface MapStep {
  readonly here?: readonly [number, number];
  readonly text: string;
}

const EDGE = 36;
const YOU = 'You are here';
/** Steps of the path. */
const STEPS = 8;

/** The shop as a plane: departments by name, where the shopper is, and by which way. */
export function drawMap({ departments, here }: ShopMap, changes: readonly MapStep[], width: number): Child[] {
  if (departments.length === 0) return [h('p', { class: 'muted' }, 'This shop brings no map.')];
  const height = Math.round(width * 0.65);
  const steps = changes.filter((change) => change.here !== undefined).slice(-STEPS);
  const way = steps.flatMap((change) => (change.here === undefined ? [] : [change.here]));
  const fit = fitting([...departments.map(([, at]) => at), ...way, ...(here === undefined ? [] : [here])], width, height);
  const [path, you] = [way.map(fit), here === undefined ? undefined : fit(here)];
  const centres = departments.map(([name, at], place) => ({ name, short: String(place + 1), at: fit(at), radius: 4 }));
  const own = you === undefined ? [] : [{ name: YOU, short: YOU, at: you, radius: 8 }];
  const labels = labelled([...own, ...centres, ...path.map((at) => ({ name: '', short: '', at, radius: 3 }))], width, height);

  const circle = (name: string, r: number) => ([cx, cy]: Point): SVGElement => svg('circle', { class: name, cx, cy, r });
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': 'Map of the shop; the table below says the same' },
    ...centres.map(({ at }) => circle('centre', 4)(at)),
    path.length > 1 && svg('polyline', { class: 'path', points: [...path, ...(you === undefined ? [] : [you])].map((at) => at.join()).join(' ') }),
    ...path.map(circle('step', 3)),
    ...(you === undefined ? [] : [circle('here', 8)(you)]),
    ...labels.map(({ name, text, x, y }) => svg('text', { x, y, class: name === YOU && 'you' }, text)));
  return [
    h('p', { class: 'muted' }, 'What is near on it was bought by the same shoppers. '
      + (you === undefined ? 'You are nowhere yet.' : 'The dashed line is the way of your last steps.')),
    picture,
    folded('map table', 'The same as a table', ...tables(departments, here, steps, labels)),
  ];
}

function tables(departments: ShopMap['departments'], here: ShopMap['here'], steps: readonly MapStep[], labels: readonly Label[]): Child[] {
  const named = (name: string): string => {
    const text = labels.find((one) => one.name === name)?.text ?? '';
    return /^\d+$/.test(text) ? `${text} · ${name}` : name; // the picture has room for the number only
  };
  if (here === undefined) return [table('Departments', ['Department'], departments.map(([name]) => [named(name)]))];
  const far = (at: Point): number => Math.hypot(at[0] - here[0], at[1] - here[1]);
  const near = [...departments].sort(([, a], [, b]) => far(a) - far(b));
  return [
    table('Departments, nearest first', ['Department', 'Distance from you'], near.map(([name, at]) => [named(name), far(at).toFixed(2)]), [1]),
    steps.length > 0 && table('Your last steps, latest first', ['Step', 'Distance from where you are now'],
      [...steps].reverse().map((change) => [change.text, far(change.here ?? here).toFixed(2)]), [1]),
  ];
}

/** From the plane's own numbers to the picture, with the same scale both ways. */
function fitting(points: readonly Point[], width: number, height: number): (at: Point) => Point {
  const range = (axis: 0 | 1): Point => {
    const values = points.map((at) => at[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [[left, right], [low, high]] = [range(0), range(1)];
  const scale = Math.min((width - 2 * EDGE) / (right - left || 1), (height - 2 * EDGE) / (high - low || 1));
  const round = (value: number): number => Math.round(value * 10) / 10;
  return ([x, y]) => [round(width / 2 + (x - (left + right) / 2) * scale), round(height / 2 - (y - (low + high) / 2) * scale)];
}
