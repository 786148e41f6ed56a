import type { ShopMap } from '../types.js';
import { Base, h, redraw } from './dom.js';
import { drawMap } from './map.js';
import type { MapStep } from './map.js';
import { styles } from './style.js';

/**
 * `<homebody-map>`: the shop as a plane and the shopper's way over it, for a page of one's own, with the same
 * as tables. `map.show(await profile.map(), steps)` draws it, as often as something has moved; the last eight steps are
 * shown. Its colours are those of `<homebody-inspector>`.
 */
export class HomebodyMap extends Base {
  readonly #root: ShadowRoot;
  readonly #body = h('div', { tabindex: -1 });

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [styles()];
    this.#root.append(this.#body);
  }

  /** Draws the plane as wide as the element is. */
  show(map: ShopMap, steps: readonly MapStep[] = []): void {
    redraw(this.#root, this.#body, ...drawMap(map, steps, Math.max(280, this.clientWidth)));
  }
}
