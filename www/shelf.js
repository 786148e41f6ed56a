// A long list of products, shown in parts.
import { h } from './dom.js';
import { tileList } from './tiles.js';

const PART = 48;

/** @param {import('./state.js').Shop} shop */
export function shelf(shop, label, entries) {
  const list = tileList(shop, { label });
  const more = h('button', { class: 'more', onclick: () => show(shown + PART) }, 'Show more');
  let shown = 0;

  function show(count) {
    const firstNew = shown;
    shown = Math.min(count, entries.length);
    list.show(entries.slice(0, shown));
    more.hidden = shown === entries.length;
    if (firstNew > 0) list.element.children[firstNew].querySelector('a').focus();
  }
  show(PART);
  return [list.element, more];
}
