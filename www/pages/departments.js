// All departments, each with a picture of its best-selling product.
import { h, plural } from '../dom.js';
import { picture } from '../pictures/picture.js';
import { categoryLink } from '../tiles.js';

/** @param {import('../state.js').Shop} shop */
export function departments(shop) {
  return { title: 'Departments', content: [h('h1', {}, 'Departments'), departmentCards(shop)] };
}

export function departmentCards(shop) {
  return h('ul', { class: 'departments' },
    ...shop.catalogue.departments.map(({ name, items }) => {
      const [best] = shop.catalogue.within(name);
      return h('li', {}, h('a', { href: categoryLink(name) },
        best !== undefined && picture(shop.catalogue.item(best)),
        h('span', { class: 'name' }, name), h('span', { class: 'muted' }, plural(items, 'product'))));
    }));
}
