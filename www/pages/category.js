// A department or one of its categories, the shopper's favourites first.
import { departmentOf, lastPart } from '../catalogue.js';
import { h, plural } from '../dom.js';
import { categoryLink } from '../tiles.js';
import { shelf } from '../shelf.js';
import { missing } from './missing.js';

/** @param {import('../state.js').Shop} shop */
export function category(shop, path = '') {
  const ids = shop.catalogue.within(path);
  if (ids.length === 0) return missing();

  const department = shop.catalogue.departments.find(({ name }) => name === departmentOf(path));
  // Sorted once, when the page opens: a shelf that moves while one reads it would be a nuisance.
  const ranked = () => shop.profile.rank(ids);
  return {
    title: lastPart(path),
    content: [
      crumbs(path),
      h('h1', {}, lastPart(path)),
      h('p', { class: 'muted' }, `${plural(ids.length, 'product')}, your favourites first`),
      h('div', { class: 'beside' }, siblings(department, path), h('div', {}, ...shelf(shop, lastPart(path), ranked))),
    ],
  };
}

export function crumbs(path) {
  const department = departmentOf(path);
  return h('nav', { class: 'crumbs', 'aria-label': 'Where you are' },
    h('a', { href: '#/' }, 'Home'), ' › ',
    h('a', { href: categoryLink(department) }, department),
    ...(path === department ? [] : [' › ', h('a', { href: categoryLink(path) }, lastPart(path))]));
}

function siblings(department, path) {
  const wide = matchMedia('(min-width: 48rem)').matches; // on a phone the list would push the shelf away
  return h('details', { class: 'siblings', open: wide },
    h('summary', {}, `Categories of ${department.name}`),
    h('ul', {},
      ...department.categories.map((category) =>
        h('li', {}, h('a', { href: categoryLink(category.path), 'aria-current': category.path === path && 'page' }, lastPart(category.path))))));
}
