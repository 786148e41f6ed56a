// A tile's menu: more or less of this. A native disclosure: opens by Enter, closes by Escape or by leaving it.
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
    h('button', { onclick: choose(() => shop.more(item.id)) }, 'More like this'),
    h('button', { onclick: choose(() => shop.less(item.id)) }, 'Less of this')));
  return menu;
}
