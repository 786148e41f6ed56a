// What moved in a list, made visible: tiles glide from their old place, and a badge says how far.
import { h } from './dom.js';

/** @param {Map<string, HTMLElement>} tiles */
export function places(tiles) {
  return new Map([...tiles].map(([id, tile]) => [id, tile.getBoundingClientRect()]));
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** @param {number} [duration] milliseconds; short where the next change comes soon */
export function glide(tiles, before, duration = 420) {
  if (still()) return;
  for (const [id, tile] of tiles) {
    const [from, to] = [before.get(id), tile.getBoundingClientRect()];
    const frames = from
      ? { transform: [`translate(${from.x - to.x}px, ${from.y - to.y}px)`, 'none'] }
      : { opacity: [0, 1], transform: ['scale(0.92)', 'none'] };
    if (!from || from.x !== to.x || from.y !== to.y) tile.animate(frames, { duration, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' });
  }
}

const SHOWN = 4000;

/** A badge on each tile that rose, fell or is new; it goes by itself. @param {string[]} order as it was */
export function showMoves(tiles, order) {
  const old = new Map(order.map((id, place) => [id, place]));
  [...tiles].forEach(([id, tile], place) => {
    const rise = old.has(id) ? old.get(id) - place : undefined;
    if (rise === 0) return; // a badge of the change before may stay its time
    tile.querySelector('.moved')?.remove();
    const [kind, text] = rise === undefined ? ['new', 'new'] : rise > 0 ? ['up', `▲${rise}`] : ['down', `▼${-rise}`];
    const badge = h('span', { class: `moved ${kind}`, 'aria-hidden': 'true' }, text);
    tile.append(badge);
    setTimeout(() => badge.remove(), SHOWN);
  });
}
