// The npm package as a shop gets it: packed, installed into an empty project, imported in Node.
// Needs a built pkg/: `cargo xtask test packaging` builds it first.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'homebody-packaging-'));
after(() => rmSync(project, { recursive: true }));

let packed;

before(() => {
  [packed] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', project));
  writeFileSync(join(project, 'package.json'), '{ "name": "a-shop", "private": true, "type": "module" }');
  npm(project, 'install', '--ignore-scripts', '--offline', '--no-audit', `./${packed.filename}`);
});

test('the package holds what it should, and nothing else', () => {
  const expected = [
    'package.json',
    ...readdirSync(root).filter((name) => /^(README|CHANGELOG|LICENSE)/.test(name)),
    ...['homebody', 'homebody_full'].flatMap((name) => [`${name}.d.ts`, `${name}_bg.wasm`, `${name}_bg.wasm.d.ts`]).map(inPkg),
    ...sources().map((name) => inPkg(`${name}.d.ts`)),
    ...entries(),
  ];
  // What entries share, or load later, has a name made of its contents.
  const files = packed.files.map((file) => file.path).filter((path) => !/^pkg\/(chunk|whole)-\w+\.js$/.test(path));
  assert.deepEqual(files.sort(), expected.sort());
});

test('it needs no other package and runs nothing when it is installed', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts']) {
    assert.equal(manifest[key], undefined, key);
  }
  const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['homebody']);
});

test('versions of crate and package are the same', () => {
  const crate = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "(.+)"$/m)[1];
  assert.equal(packed.version, crate);
});

test('importing it in Node changes nothing and starts nothing', () => {
  const seen = inProject(`
    const calls = [];
    globalThis.fetch = (url) => { calls.push(String(url)); throw new Error('no request on import'); };
    const before = Reflect.ownKeys(globalThis);
    const running = process.getActiveResourcesInfo().length;
    const module = await import('homebody');
    const inspector = await import('homebody/inspector');
    await import('homebody/worker');
    return {
      calls,
      globals: Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String),
      started: process.getActiveResourcesInfo().length - running,
      exports: Object.keys(module).sort(),
      inspector: [...Object.keys(inspector), typeof inspector.HomebodyInspector, typeof inspector.HomebodyMap],
    };
  `);
  assert.deepEqual(seen.calls, []);
  assert.deepEqual(seen.globals, []);
  assert.ok(seen.started <= 0, `${seen.started} timers or handles were started`);
  for (const name of ['HomebodyError', 'openProfile']) assert.ok(seen.exports.includes(name), name);
  assert.ok(!seen.exports.includes('default'), 'named exports only');
  assert.deepEqual(seen.inspector, ['HomebodyInspector', 'HomebodyMap', 'function', 'function']);
});

test('opening a profile in Node is refused with a code, so that server rendering can go on', () => {
  for (const entry of ['homebody', 'homebody/worker']) {
    const seen = inProject(`
      const { openProfile, HomebodyError } = await import('${entry}');
      try {
        await openProfile({ factors: '/factors.safetensors' });
        return 'it opened';
      } catch (error) {
        return { code: error.code, own: error instanceof HomebodyError, real: error instanceof Error };
      }
    `);
    assert.deepEqual(seen, { code: 'no-browser', own: true, real: true }, entry);
  }
});

test('every export leads to a file, and its types too', () => {
  const files = packed.files.map((file) => `./${file.path}`);
  const { exports } = JSON.parse(readFileSync(join(project, 'node_modules/homebody/package.json'), 'utf8'));
  for (const target of Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? entry : Object.values(entry)))) {
    assert.ok(files.includes(target), target);
  }
});

test('the modules themselves can be found, for tools that want their addresses', () => {
  for (const name of ['homebody/wasm', 'homebody/wasm/full']) {
    const bytes = readFileSync(fileURLToPath(inProject(`return import.meta.resolve('${name}');`)));
    assert.ok(WebAssembly.validate(bytes), name);
  }
});

/** The scripts that package.json exports. */
function entries() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.values(exports).map((entry) => entry.default ?? '').filter((path) => path.endsWith('.js')).map((path) => path.slice(2));
}

/** The names below js/, without ending: each becomes types. */
function sources() {
  return readdirSync(join(root, 'js'), { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
}

function inPkg(name) {
  return `pkg/${name}`;
}

/** What `body` returns when it runs in the project that installed the package. */
function inProject(body) {
  const file = join(project, 'run.mjs');
  writeFileSync(file, `async function run() {${body}}\nconsole.log(JSON.stringify(await run()));`);
  return JSON.parse(execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' }));
}

function npm(cwd, ...args) {
  const shell = process.platform === 'win32'; // npm is a batch file there
  return execFileSync('npm', args, { cwd, shell, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
