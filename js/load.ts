import init from './homebody.js';
import { HomebodyError } from './errors.js';
import type { Options } from './types.js';

let loading: Promise<unknown> | undefined;

/** Loads and compiles the module once, whoever asks. */
export function loadWasm(source: Options['wasm']): Promise<unknown> {
  return (loading ??= init(source === undefined ? undefined : { module_or_path: source }).catch((error: unknown) => {
    loading = undefined; // a failed download must not be remembered
    throw blocked(error);
  }));
}

/** CSP refuses compilation with a CompileError that names the directive (all browsers' words have "unsafe-eval"). */
function blocked(error: unknown): HomebodyError {
  const words = error instanceof Error ? error.message : String(error);
  return words.includes('unsafe-eval') || words.includes('Content Security Policy')
    ? new HomebodyError('wasm-blocked', `the page's CSP forbids WebAssembly: script-src needs 'wasm-unsafe-eval' (${words})`, { cause: error })
    : new HomebodyError('wasm-failed', `the wasm module could not be loaded: ${words}`, { cause: error });
}

/** The version that a bundle's header names. What is no bundle is refused elsewhere, in the right words. */
export function versionOf(bundle: Uint8Array): unknown {
  try {
    const length = Number(new DataView(bundle.buffer, bundle.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bundle.subarray(8, 8 + length))) as { __metadata__?: Record<string, unknown> };
    return header.__metadata__?.['homebody.version'];
  } catch {
    return undefined;
  }
}

/** The bundle's bytes: `force-cache` takes what the browser has, however old; `no-cache` asks whether it is the latest. */
export async function fetchBundle(source: Options['factors'], cache: 'force-cache' | 'no-cache' = 'force-cache'): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const unreachable = (why: string, cause?: unknown): HomebodyError =>
    new HomebodyError('bundle-unreachable', `the factor bundle ${String(source)} cannot be had: ${why}`, { cause });
  const get = async (how: RequestCache): Promise<Uint8Array> => {
    const response = await fetch(source, { cache: how });
    if (!response.ok) throw unreachable(`the server answered ${response.status}`);
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
