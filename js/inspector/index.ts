import { HomebodyInspector } from './element.js';

export { HomebodyInspector };

// On a server there are no elements; the page defines it when it runs in a browser.
if (typeof customElements !== 'undefined' && customElements.get('homebody-inspector') === undefined) {
  customElements.define('homebody-inspector', HomebodyInspector);
}

declare global {
  interface HTMLElementTagNameMap {
    'homebody-inspector': HomebodyInspector;
  }
}
