import { randomUnit } from './homebody.js';
import { HomebodyError } from './errors.js';
import type { ReportOptions, Stop } from './types.js';

/** One minute to half an hour: long enough that a report's time says nothing about a click's. */
const DELAY: readonly [number, number] = [60_000, 1_800_000];

export interface Reporter {
  /** Something happened that a report may count. */
  arm(): void;
  readonly stop: Stop;
}

/** Global Privacy Control, as the browser says it. */
export function globalPrivacyControl(): boolean {
  return Reflect.get(navigator, 'globalPrivacyControl') === true;
}

/** Sends after a random delay; `stop` cancels the delay and what is under way. */
export function reporter(
  { url, epsilon = 1, delay = DELAY }: ReportOptions,
  send: (url: string, epsilonMilli: number, signal: AbortSignal) => Promise<void>,
): Reporter {
  const [shortest, longest] = delay;
  if (!(shortest >= 0 && longest >= shortest && longest < 2 ** 31)) {
    throw new HomebodyError('invalid-option', 'option reports.delay must be two rising numbers of milliseconds');
  }
  const milli = Math.round(epsilon * 1000);
  if (!(milli >= 1 && milli <= 1000)) {
    throw new HomebodyError('invalid-option', 'option reports.epsilon must be from 0.001 to 1');
  }
  const address = new URL(url, document.baseURI).href;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    arm: () => {
      if (abort.signal.aborted) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        if (globalPrivacyControl()) return; // switched on meanwhile
        void send(address, milli, abort.signal);
      }, shortest + randomUnit() * (longest - shortest));
    },
    stop: () => {
      clearTimeout(timer);
      abort.abort();
    },
  };
}
