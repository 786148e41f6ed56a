// A tile's menu: more of this, less, or not me. A native disclosure: opens by Enter, closes by Escape or by leaving it.
import { h } from './dom.js';

/** @param {import('./state.js').Shop} shop */
export function menuOf(shop, item) {
  const close = () => { menu.open = false; };
  const choose = (act) => () => {
    close();
    menu.querySelector('summary').focus({ preventScroll: true });
    act();
  };
  const menu = h('details', {
    class: 'menu',
    onkeydown: (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      event.stopPropagation();
      close();
      menu.querySelector('summary').focus();
    },
    onfocusout: ({ relatedTarget }) => { if (!menu.contains(relatedTarget)) close(); },
  },
  h('summary', { 'aria-label': `More or less of ${item.name}` }, '⋯'),
  h('div', { class: 'choices' },
    h('button', { onclick: choose(() => shop.correct(item.id, 'more', 'more of it from now on', 'less')) }, 'More of this'),
    h('button', { onclick: choose(() => shop.correct(item.id, 'less', 'less of it from now on', 'more')) }, 'Less of this'),
    h('button', { onclick: choose(() => shop.correct(item.id, 'not-me', 'never again, and not learnt from', 'clear')) }, 'Not for me')));
  return menu;
}
