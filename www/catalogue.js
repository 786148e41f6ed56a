// The shop's catalogue: one file for every shopper. Every page is drawn from it, so the server
// never learns which product, category or search anybody looked at.

/** @typedef {{ id: string, name: string, brand: string, size: string, category: string, department: string, price: number | null }} Item */

export async function loadCatalogue(url = 'shop/catalogue.json') {
  const response = await fetch(url); // as index.html preloads it, or it would come twice
  if (!response.ok) throw new Error(`the catalogue answered ${response.status}`);
  return new Catalogue(await response.json());
}

/** More matches than this are not ranked: nobody pages that far. */
const MOST_MATCHES = 200;

export class Catalogue {
  /** @param {any} columns the file: one array for each column, items in falling popularity */
  constructor(columns) {
    this.columns = columns;
    this.version = columns.version;
    this.ids = columns.ids;
    this.places = new Map(columns.ids.map((id, place) => [id, place]));
    this.departments = departmentsOf(columns);
  }

  has(id) {
    return this.places.has(id);
  }

  /** @returns {Item | undefined} */
  item(id) {
    const place = this.places.get(id);
    if (place === undefined) return undefined;
    const { names, brands, sizes, categories, category, prices } = this.columns;
    const path = categories[category[place]];
    return {
      id, name: names[place], brand: brands[place], size: sizes[place],
      category: path, department: departmentOf(path), price: prices[place],
    };
  }

  /** An item's name as a sentence can use it. */
  nameOf(id) {
    return this.item(id)?.name ?? id;
  }

  /** The ids of a category (`Dairy > Cheese`) or of a whole department (`Dairy`), most popular first. */
  within(path) {
    const { ids, categories, category } = this.columns;
    const wanted = new Set(categories.flatMap((name, index) => (name === path || departmentOf(name) === path ? [index] : [])));
    return ids.filter((_, place) => wanted.has(category[place]));
  }

  /** What could be meant by a few letters: categories, then names of products, each once. */
  suggest(text) {
    const words = wordsOf(text);
    if (words.length === 0) return { categories: [], names: [] };
    const categories = this.columns.categories
      .filter((path) => words.every((word) => ` ${wordsOf(lastPart(path)).join(' ')}`.includes(` ${word}`)))
      .slice(0, MOST_CATEGORIES);
    const names = [...new Set(this.search(text).map((id) => this.nameOf(id)))].slice(0, MOST_NAMES);
    return { categories, names };
  }

  /** The ids with all of the words, the best match first; among equals the more popular one. */
  search(text) {
    const words = wordsOf(text).map((word) => (word.length > 3 ? word.replace(/s$/, '') : word));
    if (words.length === 0) return [];
    this.texts ??= this.columns.ids.map((id) => searchable(this.item(id)));

    /** @type {[number, number][]} */
    const found = [];
    this.texts.forEach(({ name, all }, place) => {
      if (!words.every((word) => all.includes(` ${word}`))) return;
      const inName = words.filter((word) => name.includes(` ${word}`)).length;
      found.push([place, inName + (name.startsWith(` ${words.join(' ')}`) ? 1 : 0)]);
    });
    return found
      .sort(([a, matchA], [b, matchB]) => matchB - matchA || a - b)
      .slice(0, MOST_MATCHES)
      .map(([place]) => this.ids[place]);
  }
}

/** A page of suggestions at most. */
const MOST_CATEGORIES = 3;
const MOST_NAMES = 6;

export const departmentOf = (path) => path.split(' > ')[0];
export const lastPart = (path) => path.split(' > ').at(-1);

/** Departments in their order in the file, each with its categories and number of items. */
function departmentsOf({ categories, category }) {
  const sizes = new Array(categories.length).fill(0);
  for (const index of category) sizes[index] += 1;

  /** @type {Map<string, { name: string, items: number, categories: { path: string, items: number }[] }>} */
  const departments = new Map();
  categories.forEach((path, index) => {
    const name = departmentOf(path);
    const department = departments.get(name) ?? { name, items: 0, categories: [] };
    department.items += sizes[index];
    department.categories.push({ path, items: sizes[index] });
    departments.set(name, department);
  });
  return [...departments.values()];
}

function searchable(item) {
  const spaced = (text) => ` ${wordsOf(text).join(' ')}`;
  const name = spaced(item.name);
  return { name, all: name + spaced(`${item.brand} ${item.size} ${item.category}`) };
}

/** Words without case and accents. */
function wordsOf(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
