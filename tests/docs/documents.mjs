// The project's documents, and what stands in them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
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

const below = (folder, ending) => readdirSync(join(ROOT, folder), { recursive: true })
  .filter((name) => name.endsWith(ending)).map((name) => read(join(folder, name)));
const rust = ['src', 'cli', 'tests', 'xtask/src'].flatMap((folder) => below(folder, '.rs')).join('\n');
const packaging = below('tests/packaging', '.test.mjs').join('\n');

/** Is there a test of Rust of that name? */
export const isRustTest = (name) => rust.includes(`fn ${name}(`);

/** Is there a test of that title in the text of a file? What the title takes from a table may be anything there. */
export function holdsTest(source, title) {
  const titles = [...source.matchAll(/\btest\((['`])((?:\\.|(?!\1).)+)\1/g)].map(([, , text]) => text.replaceAll("\\'", "'"));
  const escaped = (text) => text.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&');
  return titles.some((text) => new RegExp(`^${text.split(/\$\{(?:[^}]+)\}/).map(escaped).join('.+')}$`).test(title));
}

/** The tests named in a text (`name_of_a_function`, `file.spec.mjs › title`, `title of packaging`) that are not there. */
export function missingTests(text) {
  const spans = [...new Set([...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span.replace(/\s+/g, ' ')))];
  const there = (span) => {
    const [, file, title] = /^(\S+\.spec\.mjs) › (.+)$/.exec(span) ?? [];
    if (file !== undefined) return existsSync(join(ROOT, 'tests/e2e', file)) && holdsTest(read(join('tests/e2e', file)), title);
    return span.includes(' ') ? holdsTest(packaging, span) : isRustTest(span);
  };
  const named = spans.filter((span) => / › |^\S+( \S+){3,}$|^[a-z0-9]+(_[a-z0-9]+){2,}$/.test(span));
  return { named: named.length, missing: named.filter((span) => !there(span)) };
}
