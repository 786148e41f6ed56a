// A long list of products, shown in parts.
import { h } from './dom.js';
import { tileList } from './tiles.js';

const PART = 48;

/** @param {import('./state.js').Shop} shop @param {() => readonly { id: string }[]} rank */
export function shelf(shop, label, rank) {
  let entries = rank();
  const list = tileList(shop, { label });
  const more = h('button', { class: 'more', onclick: () => show(shown + PART) }, 'Show more');
  let shown = 0;

  function show(count) {
    const before = shown;
    shown = Math.min(count, entries.length);
    list.show(entries.slice(0, shown));
    more.hidden = shown === entries.length;
    if (before > 0 && shown > before) list.element.children[before].querySelector('a').focus();
  }
  show(PART);
  shop.whenOpen(() => {
    entries = rank();
    show(shown);
  });
  return [list.element, more];
}
