/** A place in the picture, in pixels. */
export type Point = readonly [number, number];

/** What is to be labelled: by `name` if there is room beside the dot, else by `short`. */
export interface Dot { readonly name: string; readonly short: string; readonly at: Point; readonly radius: number }
export interface Label { readonly name: string; readonly text: string; readonly x: number; readonly y: number }

interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
type Spot = Pick<Label, 'x' | 'y'>;

/** What a letter and a line take at the size of the map's text. */
const LETTER = 7;
const LINE = 15;
const LONGEST = 26;

/** Labels beside their dots, none over another or over a dot; the first ones choose first. */
export function labelled(dots: readonly Dot[], width: number, height: number): Label[] {
  const taken: Box[] = dots.map(({ at: [x, y], radius: r }) => ({ x: x - r, y: y - r, width: 2 * r, height: 2 * r }));
  return dots.filter(({ name }) => name !== '').map(({ name, short, at }) => {
    const full = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
    const choices = ([[full, 9], [short, 9], [short, 20]] as const)
      .flatMap(([text, gap]) => around(at, text, gap).map((spot) => ({ text, spot })));
    const free = choices.find(({ text, spot }) => fits(box(spot, text), taken, width, height));
    const { text, spot } = free ?? { text: short, spot: { x: at[0] + 9, y: at[1] + 4 } };
    taken.push(box(spot, text));
    return { name, text, ...spot };
  });
}

const box = ({ x, y }: Spot, text: string): Box => ({ x, y: y - LINE + 4, width: text.length * LETTER, height: LINE });

const fits = (one: Box, taken: readonly Box[], width: number, height: number): boolean =>
  one.x >= 2 && one.y >= 2 && one.x + one.width <= width - 2 && one.y + one.height <= height - 2
  && taken.every((other) => one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y);

/** Beside, above, below and at the corners. */
function around([x, y]: Point, text: string, gap: number): Spot[] {
  const long = text.length * LETTER;
  return [
    { x: x + gap, y: y + 4 }, { x: x - gap - long, y: y + 4 }, { x: x - long / 2, y: y - gap }, { x: x - long / 2, y: y + gap + 10 },
    { x: x + gap, y: y - gap }, { x: x + gap, y: y + gap + 10 }, { x: x - gap - long, y: y - gap }, { x: x - gap - long, y: y + gap + 10 },
  ];
}
