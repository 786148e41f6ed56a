/** In Node there is no HTMLElement, and importing must still work. */
export const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** What a child may be; `false` and `undefined` leave it out. */
export type Child = Node | string | false | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

/**
 * An element with attributes, listeners (`onclick`) and children. Text is always text: no name out of a
 * catalogue can become markup, and the strictest Content-Security-Policy has nothing to object to.
 */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for a drawing. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** A button; `key` finds it again after a redraw. */
export function button(key: string, text: string, onclick: () => void, more: Attributes = {}): HTMLElement {
  return h('button', { type: 'button', 'data-key': key, onclick, ...more }, text);
}

/** What is folded away; it stays open over a redraw. */
export function folded(key: string, summary: string, ...children: Child[]): HTMLElement {
  return h('details', { 'data-open': key }, h('summary', { 'data-key': `fold ${key}` }, summary), ...children);
}

/** Draws `parent` anew: what was open is open, and what had the keyboard has it; else `parent` gets it. */
export function redraw(root: ShadowRoot, parent: HTMLElement, ...children: Child[]): void {
  const open = new Set([...parent.querySelectorAll('details[open]')].map((one) => one.getAttribute('data-open')));
  const focused = root.activeElement !== null && parent.contains(root.activeElement) ? root.activeElement : undefined;
  const key = focused?.getAttribute('data-key');
  const again = h('div', {}, ...children);
  for (const one of again.querySelectorAll('details')) one.open = open.has(one.getAttribute('data-open'));
  parent.replaceChildren(...again.childNodes);
  if (focused === undefined || parent === focused) return;
  const twin = [...parent.querySelectorAll('[data-key]')].find((one) => one.getAttribute('data-key') === key);
  (twin instanceof HTMLElement ? twin : parent).focus({ preventScroll: true });
}

/** A table with a caption; numbers stand to the right. A wide one scrolls by itself, not the page. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly Child[])[], numbers: readonly number[] = []): HTMLElement {
  const cells = (tag: string, row: readonly Child[]): HTMLElement => h('tr', {}, ...row.map((cell, column) =>
    h(tag, { scope: tag === 'th' && 'col', class: numbers.includes(column) && 'number' }, cell)));
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', {},
      h('caption', {}, caption),
      h('thead', {}, cells('th', heads)),
      h('tbody', {}, ...rows.map((row) => cells('td', row)))));
}

const percents = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', hour: '2-digit', minute: '2-digit' });

export const percent = (share: number): string => percents.format(share).replace('%', '\u00a0%');
/** By how much a share moved. */
export const step = (change: number): string => signed.format(change).replace('%', '\u00a0%');
export const count = (n: number, word: string): string => `${n.toLocaleString('en-GB')} ${word}${n === 1 ? '' : 's'}`;
/** A day of the last week by its name, an earlier one by its date. */
export const when = (at: number): string => (Math.abs(Date.now() - at) < 6 * 86_400_000 ? weekday : day).format(at);
export const date = (at: number | Date): string => day.format(at);
