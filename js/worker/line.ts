import { HomebodyError } from '../errors.js';
import type { Options } from '../types.js';
import { OPENED } from './calls.js';
import type { Asked, Failure, Hints, Told, Verb } from './calls.js';
import { watchHints } from './hints.js';
import { start } from './start.js';
import type { Script } from './start.js';

/** The page's end of the line to its worker. */
export interface Line {
  ask(verb: Verb, given: readonly unknown[]): Promise<unknown>;
  /** How many calls have no answer yet. */
  waiting(): number;
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Opens the profile in a worker of its own. */
export async function line(options: Options & { readonly worker?: Script }, changed: () => void): Promise<Line> {
  const { worker: script, nameOf: _, ...rest } = options;
  const waiting = new Map<number, Waiting>();
  let calls: Asked['calls'][number][] = [];
  let hints: Hints | undefined;
  let place = OPENED;
  let over: HomebodyError | undefined;

  const end = (why: HomebodyError): void => {
    over ??= why;
    stop();
    worker.terminate();
    waiting.forEach(({ reject }) => { reject(over); });
    waiting.clear();
  };
  const answerTo = (at: number): Promise<unknown> => new Promise((resolve, reject) => { waiting.set(at, { resolve, reject }); });
  const say = (asked: Omit<Asked, 'hints'>): void => { worker.postMessage({ ...asked, hints }); };

  /** What is called within one task goes in one message. */
  const send = (): void => {
    const all = calls;
    calls = [];
    try {
      say({ calls: all });
    } catch {
      for (const one of all) {
        try {
          say({ calls: [one] });
        } catch (cause) {
          settle(one[0], undefined, noCopy(one[1], cause));
        }
      }
    }
  };
  const settle = (at: number, value: unknown, failure?: Failure): void => {
    const one = waiting.get(at);
    waiting.delete(at);
    if (failure === undefined) one?.resolve(value);
    else one?.reject(asError(failure));
  };

  const worker = start(script, end);
  worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    if (data.changed) changed(); // before the answers, as on a page: who awaits one has been told
    for (const one of data.answers) settle(...one);
  });
  const opened = answerTo(OPENED);
  const stop = watchHints((now) => {
    const open = hints === undefined ? { open: sendable(rest) } : {};
    hints = now;
    try {
      say({ ...open, calls: [] });
    } catch (cause) {
      settle(OPENED, undefined, noCopy('openProfile', cause));
    }
  });
  await opened.catch((error: unknown) => {
    end(error as HomebodyError);
    throw error;
  });

  const ask = (verb: Verb, given: readonly unknown[]): Promise<unknown> => {
    if (over !== undefined) return Promise.reject(over);
    if (calls.push([place += 1, verb, given]) === 1) queueMicrotask(send);
    return answerTo(place);
  };
  return {
    ask,
    waiting: () => waiting.size,
    close: async () => {
      if (over !== undefined) return;
      const closing = ask('close', []);
      over = new HomebodyError('closed', 'the profile was closed');
      await closing.finally(() => { end(over as HomebodyError); });
    },
  };
}

/** Addresses are the page's own: the worker would read them from where its script is. */
function sendable({ factors, head, wasm, fullWasm, reports, ...rest }: Options): object {
  const whole = (source: unknown): unknown => (typeof source === 'string' || source instanceof URL ? new URL(source, document.baseURI).href : source);
  const given = { ...rest, factors: whole(factors), head: whole(head), wasm: whole(wasm), fullWasm: whole(fullWasm), reports: reports && { ...reports, url: whole(reports.url) } };
  // An option that is not there is not the same as one that is undefined.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const noCopy = (call: string, cause: unknown): Failure => ({
  name: 'HomebodyError', code: 'invalid-option', message: `${call}() in a worker takes addresses and plain values, no functions or elements (${String(cause)})`,
});

function asError({ name, message, code }: Failure): Error {
  return code === undefined ? Object.assign(new Error(message), { name }) : new HomebodyError(code, message);
}
