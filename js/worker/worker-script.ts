// Runs in the worker: the same profile as on a page, which answers messages. The package's build leaves the import as it
// is, so that the worker loads the very file that pages load.
import { openProfile } from '../index.js';
import { globalPrivacyControl } from '../manners.js';
import type { Options, Profile } from '../types.js';
import { OPENED } from './calls.js';
import type { Asked, Failure, Hints, Told } from './calls.js';

/** The worker's own scope, as much of it as is used. */
interface Scope {
  onmessage: (event: { readonly data: Asked }) => void;
  postMessage(told: Told): void;
}

const scope = globalThis as unknown as Scope;
let profile: Profile | undefined;
let hints: Hints = { gpc: false, saveData: false };
let batteryKnown: () => void;
const battery = new Promise<void>((resolve) => { batteryKnown = resolve; }).then(() => ({
  get charging() { return hints.battery?.charging; },
  get level() { return hints.battery?.level; },
}));
const ownControl = globalPrivacyControl();

// What the page's navigator says, the worker's says too: extensions change the page's alone, and no worker has a battery.
Object.defineProperties(navigator, {
  globalPrivacyControl: { get: () => ownControl || hints.gpc },
  connection: { get: () => ({ saveData: hints.saveData }) },
  getBattery: { value: () => battery },
});

let answers: [number, unknown, Failure?][] = [];
let changed = false;
let due = false;

/** What happens within one task goes back in one message. */
function tell(): void {
  if (due) return;
  due = true;
  queueMicrotask(() => {
    scope.postMessage({ answers, changed });
    [answers, changed, due] = [[], false, false];
  });
}

function answer(place: number, value: unknown): void {
  answers.push([place, value]);
  tell();
}

function fail(place: number, error: unknown): void {
  const { name, message, code }: Failure = error instanceof Error ? error : new Error(String(error));
  answers.push([place, undefined, { name, message, code }]);
  tell();
}

async function open(options: Options): Promise<void> {
  profile = await openProfile(options);
  profile.subscribe(() => {
    changed = true;
    tell();
  });
}

/** Calls begin in their order; what is synchronous on a page is answered before the next one begins. */
function call(place: number, verb: keyof Profile, given: readonly unknown[]): void {
  try {
    const does = profile?.[verb] as (...given: readonly unknown[]) => unknown;
    let value = does(...given);
    // Closing is the last of the store's work, and `saved` waits for all of it.
    if (verb === 'close') value = profile?.saved();
    if (value instanceof Promise) value.then((settled: unknown) => { answer(place, settled); }, (error: unknown) => { fail(place, error); });
    else answer(place, value);
  } catch (error) {
    fail(place, error);
  }
}

scope.onmessage = ({ data }) => {
  ({ hints } = data);
  if (hints.battery !== undefined) batteryKnown();
  if (data.open !== undefined) open(data.open as Options).then(() => { answer(OPENED, undefined); }, (error: unknown) => { fail(OPENED, error); });
  for (const one of data.calls) call(...one);
};
