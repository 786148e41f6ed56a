// The project's documents, and what stands in them.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @param {string} name from the root of the repository */
export const read = (name) => readFileSync(join(ROOT, name), 'utf8');

/** Every Markdown file that somebody wrote here. */
export const DOCUMENTS = ['.', 'docs', 'docs/decisions', 'docs/guide', 'python', 'www']
  .flatMap((folder) => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md')).map((name) => normalize(join(folder, name))));

/** Where the links of a document lead, from the root; those to the web are left out. */
export function links(name) {
  const text = read(name).replace(/```.*?```/gs, '');
  return [...text.matchAll(/\]\(\s*([^)\s]+)\s*\)/g)].map(([, to]) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const [path, anchor] = to.split('#');
      return { path: path ? normalize(join(dirname(name), path)) : name, anchor, to };
    });
}

/** The anchors of a document's headings, as GitHub makes them. */
export const anchors = (name) => read(name).split('\n').filter((line) => /^#+ /.test(line))
  .map((line) => line.replace(/^#+ /, '').toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-'));
