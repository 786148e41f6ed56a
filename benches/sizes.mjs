// What a page downloads for homebody and for what one might take instead: each bundled and minified by
// esbuild, then gzip, with the wasm that it loads. Installs the others into target/sizes.
//
//   cargo xtask package && node benches/sizes.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const FOLDER = fileURLToPath(new URL('../target/sizes/', import.meta.url));
const OWN = fileURLToPath(new URL('../pkg/', import.meta.url));
const BUNDLER = 'esbuild@0.28.2';

/** `wasm` is what the script fetches when it starts; the first entry of each is what its own guide imports. */
const PACKAGES = [
  { name: 'homebody', from: `${OWN}index.js`, code: (from) => `export { openProfile } from '${from}'`, wasm: [`${OWN}homebody_bg.wasm`] },
  {
    name: 'homebody', note: 'the full module, loaded when used', from: OWN + readdirSync(OWN).find((file) => /^whole-.*\.js$/.test(file)),
    code: (from) => `export * from '${from}'`, wasm: [`${OWN}homebody_full_bg.wasm`],
  },
  { name: 'homebody/inspector', from: `${OWN}inspector/index.js`, code: (from) => `import '${from}'` },
  { name: '@tensorflow/tfjs@4.22.0', code: (from) => `import * as tf from '${from}'; window.tf = tf` },
  {
    name: '@tensorflow/tfjs@4.22.0', note: 'core and CPU backend, one product and its top k',
    code: () => `import { matMul, tensor2d, topk } from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-backend-cpu';
      export const best = (a, b, k) => topk(matMul(tensor2d(a), tensor2d(b)), k)`,
  },
  {
    name: 'onnxruntime-web@1.30.0', note: 'wasm only', code: () => `export { InferenceSession, Tensor } from 'onnxruntime-web/wasm'`,
    wasm: [`${FOLDER}node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm`],
  },
  { name: 'posthog-js@1.449.2', code: (from) => `export { posthog } from '${from}'` },
];

mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, 'package.json'), '{ "private": true, "type": "module" }');
const others = new Set(PACKAGES.filter(({ from }) => !from).map(({ name }) => name));
const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--silent'];
execFileSync('npm', ['install', ...flags, BUNDLER, ...others], { cwd: FOLDER, stdio: 'inherit', shell: process.platform === 'win32' });
const { build } = createRequire(join(FOLDER, 'package.json'))('esbuild');

console.log('kB in gzip'.padEnd(72), 'script'.padStart(8), 'wasm'.padStart(8), 'together'.padStart(9));
for (const { name, note, from = name.replace(/(?!^)@.*/, ''), code, wasm = [] } of PACKAGES) {
  const { outputFiles, metafile: { outputs } } = await build({
    stdin: { contents: code(from), resolveDir: FOLDER }, bundle: true, minify: true, splitting: true, format: 'esm', platform: 'browser', target: 'es2022', outdir: FOLDER, absWorkingDir: FOLDER,
    write: false, metafile: true, logLevel: 'error',
  });
  // What is imported when it is used comes later.
  const atOnce = new Set(['stdin.js']);
  for (const file of atOnce) outputs[file].imports.filter(({ kind }) => kind === 'import-statement').forEach(({ path }) => atOnce.add(path));
  const scripts = outputFiles.filter(({ path }) => atOnce.has(relative(FOLDER, path)));
  const [own, modules] = [scripts.reduce((sum, { contents }) => sum + gzip(contents), 0), wasm.map((file) => gzip(readFileSync(file))).reduce((a, b) => a + b, 0)];
  console.log((note ? `${name} (${note})` : name).padEnd(72), kilo(own).padStart(8), kilo(modules).padStart(8), kilo(own + modules).padStart(9));
}

function gzip(bytes) {
  return gzipSync(bytes, { level: 9 }).length;
}

function kilo(bytes) {
  return (bytes / 1000).toFixed(1);
}
