/** What homebody throws. `code` is listed in `docs/errors.md` and never reworded. */
export class HomebodyError extends Error {
  override readonly name = 'HomebodyError';

  constructor(readonly code: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export const closed = (): HomebodyError => new HomebodyError('closed', 'this profile was closed; open it again');

/** The wasm's own errors carry a code already; they become the one class that users test for. */
export function asHomebodyError(error: unknown): unknown {
  if (error instanceof HomebodyError || !(error instanceof Error)) return error;
  if (error instanceof WebAssembly.RuntimeError) {
    return new HomebodyError('wasm-dead', `the module has stopped after an error of its own (${error.message}): reload the page`, { cause: error });
  }
  const code: unknown = Reflect.get(error, 'code');
  return error.name === 'HomebodyError' && typeof code === 'string'
    ? new HomebodyError(code, error.message, { cause: error })
    : error;
}

/** Runs `work` and throws only errors of ours where the wasm threw one. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asHomebodyError(error);
  }
}
