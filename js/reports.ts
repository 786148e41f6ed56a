import { HomebodyError } from './errors.js';
import type { Core } from './homebody.js';
import type { Epsilon, Options, Periods, ReportOptions, ReportType, Stop } from './types.js';

/** One minute to half an hour: long enough that a report's time says nothing about a click's. */
const DELAY: readonly [number, number] = [60_000, 1_800_000];

/** In the order of the core. */
const TYPES: readonly ReportType[] = ['departments', 'shelf', 'orders', 'segments', 'changes'];

/** Tells the core what the shop wants; what is beyond the registry's caps throws. */
export function want(core: Core, { reports, experiment }: Options): void {
  if (experiment !== undefined) core.experiment(thousandths(experiment.popular));
  if (reports === undefined) return;
  for (const [name, settings] of Object.entries(reports.types ?? { departments: {} })) {
    core.want(name, settings.epsilon === undefined ? undefined : thousandths(settings.epsilon));
  }
}

/** What is no number, or below 0, becomes one that is refused. */
const thousandths = (value: unknown): number => (typeof value === 'number' && value >= 0 ? Math.min(Math.round(value * 1000), 65_535) : 65_535);

/** Privacy losses as the page sees them. */
export function losses(core: Core): Record<'all' | ReportType, Epsilon> {
  const flat = core.epsilon(Date.now());
  const periods = (from: number): Periods => {
    const [day = 0, month = 0, year = 0] = Array.from(flat.subarray(from, from + 3), (milli) => milli / 1000);
    return { day, month, year };
  };
  const row = (place: number): Epsilon => ({ spent: periods(9 * place), renyi: periods(9 * place + 3), most: periods(9 * place + 6) });
  return Object.fromEntries((['all', ...TYPES] as const).map((name, place) => [name, row(place)])) as Record<'all' | ReportType, Epsilon>;
}

/** A uniform draw from the operating system, 0 to 1. */
const drawn = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

export interface Reporter {
  /** Something happened that a report may count. */
  arm(): void;
  readonly stop: Stop;
}

/** Sends after a random delay; `stop` cancels the delay and what is under way. */
export function reporter(
  { url, delay = DELAY }: ReportOptions,
  send: (url: string, signal: AbortSignal) => Promise<void>,
): Reporter {
  const [shortest, longest] = delay;
  if (!(shortest >= 0 && longest >= shortest && longest < 2 ** 31)) {
    throw new HomebodyError('invalid-option', 'option reports.delay must be two rising numbers of milliseconds');
  }
  const address = new URL(url, typeof document === 'undefined' ? location.href : document.baseURI).href;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> | undefined;
  const arm = (): void => {
    if (abort.signal.aborted) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      // What is on its way to a slow server is not sent beside itself.
      sending = sending === undefined ? send(address, abort.signal).finally(() => { sending = undefined; }) : sending.finally(arm);
    }, shortest + drawn() * (longest - shortest));
  };
  return {
    arm,
    stop: () => {
      clearTimeout(timer);
      abort.abort();
    },
  };
}
