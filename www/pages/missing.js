import { h } from '../dom.js';

export function missing() {
  return {
    title: 'Not found',
    content: [h('h1', {}, 'There is no such page'), h('p', {}, h('a', { href: '#/' }, 'Go to the first page'))],
  };
}
