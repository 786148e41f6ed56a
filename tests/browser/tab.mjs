// What the tests in Rust need of the script that stores for the core.
import { fullTab } from '../../js/store/rewrite.js';
import { tabOf } from '../../js/store/tab.js';

export { listed } from '../../js/header.js';
export { writing } from '../../js/store/database.js';

export const opened = (core, database, sealed) => fullTab(tabOf(core, database, sealed));
