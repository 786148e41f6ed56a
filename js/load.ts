import init, { Core } from './homebody.js';
import { HomebodyError } from './errors.js';
import { made, stored } from './made.js';
import type { Tab } from './store/tab.js';
import type { Options } from './types.js';

/** A profile of the bundle in this tab. What the core does, the full module does as well. */
export type Opener = (bundle: Uint8Array, options: Options) => Tab;
type Whole = typeof import('./whole.js');

let core: Promise<Opener> | undefined;
let full: Promise<Whole> | undefined;
/** Gives up a core that is still on its way, if nobody else waits for it. */
let giveUp: AbortController | undefined;
let waiting = 0;

/** Loads and compiles the core once, whoever asks. */
export function loadCore(source: Options['wasm']): Promise<Opener> {
  giveUp ??= new AbortController();
  const { signal } = giveUp;
  core ??= init({ module_or_path: source ?? fetch(new URL('homebody_bg.wasm', import.meta.url), { signal }) }).then(() => (bundle, of) => stored(made(Core, bundle, of), of), (error: unknown) => {
    core = giveUp = undefined; // a failed download must not be remembered
    throw blocked(error);
  });
  waiting += 1;
  return core.finally(() => { waiting -= 1; });
}

/** Loads the full module once. `instead` of the core, which is then not waited for. */
export function loadFull(source: Options['fullWasm'], instead = false): Promise<Whole> {
  if (instead && waiting === 1) giveUp?.abort();
  const load = async (): Promise<Whole> => {
    const whole = await import('./whole.js');
    await whole.init(source === undefined ? undefined : { module_or_path: source });
    return whole;
  };
  return (full ??= load().catch((error: unknown) => {
    full = undefined;
    throw blocked(error);
  }));
}

/** The same, to open a profile with. */
export async function openerOfFull(source: Options['fullWasm'], instead = false): Promise<Opener> {
  const { Core: Full, fullTab } = await loadFull(source, instead);
  return (bundle, options) => fullTab(stored(made(Full, bundle, options), options));
}

/** CSP refuses compilation with a CompileError that names the directive (all browsers' words have "unsafe-eval"). */
function blocked(error: unknown): HomebodyError {
  const words = error instanceof Error ? error.message : String(error);
  return words.includes('unsafe-eval') || words.includes('Content Security Policy')
    ? new HomebodyError('wasm-blocked', `the page's CSP forbids WebAssembly: script-src needs 'wasm-unsafe-eval' (${words})`, { cause: error })
    : new HomebodyError('wasm-failed', `the wasm module could not be loaded: ${words}`, { cause: error });
}

/** The bundle's bytes: `force-cache` takes what the browser has, however old; `no-cache` asks whether it is the latest.
 * `begun` is called with the first that comes of an address. */
export async function fetchBundle(
  source: Options['factors'], cache: 'force-cache' | 'no-cache' = 'force-cache', begun?: (start: Uint8Array) => void,
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const unreachable = (why: string, cause?: unknown): HomebodyError =>
    new HomebodyError('bundle-unreachable', `the factor bundle ${String(source)} cannot be had: ${why}`, { cause });
  const get = async (how: RequestCache): Promise<Uint8Array> => {
    const response = await fetch(source, { cache: how });
    if (!response.ok) throw unreachable(`the server answered ${response.status}`);
    if (begun !== undefined) void first(response.clone()).then(begun, () => undefined); // its failure is the download's
    return new Uint8Array(await response.arrayBuffer());
  };
  const broken = (error: unknown): HomebodyError =>
    (error instanceof HomebodyError ? error : unreachable(error instanceof Error ? error.message : String(error), error));
  return get(cache).catch((error: unknown) => {
    if (error instanceof HomebodyError) throw error;
    // Chromium breaks a download off when another tab or a worker writes the same large file into its cache.
    return get('no-store').catch((again: unknown) => { throw broken(again); });
  });
}

/** The first piece of an answer, of which no more is read. */
async function first(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const piece = await reader?.read();
  await reader?.cancel();
  return piece?.value ?? new Uint8Array();
}
