// Gives the glue and the types of a module the names that wasm-opt gave the module, which it prints.
//
//   node shorten.mjs pkg/homebody '{ "imports": [[module, long, short]…], "exports": [[long, short]…] }'
import { readFileSync, writeFileSync } from 'node:fs';

const [base, names] = process.argv.slice(1);
const { imports, exports } = JSON.parse(names);
for (const file of [`${base}.js`, `${base}.d.ts`, `${base}_bg.wasm.d.ts`]) {
  let text = readFileSync(file, 'utf8');
  const rename = (before, long, after, short) => {
    text = text.replace(new RegExp(`(?<=${before})${long}(?=${after})`, 'g'), () => short);
  };
  for (const [long, short] of exports) rename('\\b(?:wasm\\.|export const |readonly )', long, '\\b', short);
  for (const [, long, short] of imports) rename('\\b', long, ': function', short);
  // All imports are of one module, the glue.
  const [module] = imports[0];
  writeFileSync(file, text.replace(`"${module}": import0`, 'a: import0'));
}
