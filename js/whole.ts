/** The full module, and what it alone can do: loaded when something of it is first asked for. */
export { Core, default as init } from './homebody_full.js';
export { answers } from './answers.js';
export { grow } from './grow.js';
export { fullTab } from './store/rewrite.js';
