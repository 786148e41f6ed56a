import type { Profile } from '../types.js';

/** What stays on the page, as it is there. */
export type OnPage = 'observe' | 'subscribe' | 'nameOf';
export type Verb = Exclude<keyof Profile, OnPage>;

/** What only the page's `navigator` knows, or knows first. */
export interface Hints {
  readonly gpc: boolean;
  readonly saveData: boolean;
  /** Not there before the browser has told. */
  readonly battery?: { readonly charging: boolean; readonly level: number } | undefined;
}

/** The first message opens; those after it bring calls, in their order. */
export interface Asked {
  readonly hints: Hints;
  /** What `openProfile` takes, as far as it can be copied; addresses are whole. */
  readonly open?: object;
  readonly calls: readonly (readonly [place: number, verb: Verb, given: readonly unknown[]])[];
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
}

/** `changed`: whoever subscribed is to be told. */
export interface Told {
  readonly answers: readonly (readonly [place: number, value: unknown, failure?: Failure])[];
  readonly changed: boolean;
}

/** The place of the answer to `open`. */
export const OPENED = 0;
