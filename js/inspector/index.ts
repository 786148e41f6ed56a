import { HomebodyInspector } from './element.js';
import { HomebodyMap } from './map-element.js';

export { HomebodyInspector, HomebodyMap };
export type { MapStep } from './map.js';

// On a server there are no elements; the page defines it when it runs in a browser.
if (typeof customElements !== 'undefined' && customElements.get('homebody-inspector') === undefined) {
  customElements.define('homebody-inspector', HomebodyInspector);
  customElements.define('homebody-map', HomebodyMap);
}

declare global {
  interface HTMLElementTagNameMap {
    'homebody-inspector': HomebodyInspector;
    'homebody-map': HomebodyMap;
  }
}
