/** What a shopper did. The table of labels and weights is in `docs/interactions.md`. */
export type Kind =
  | 'impression' | 'view' | 'click' | 'search' | 'cart' | 'uncart' | 'wish'
  | 'purchase' | 'payment' | 'delivery' | 'refund' | 'rate';

/** Why an interaction was refused. Refusals are counted by reason (the last two are not); they are never errors. */
export type Refusal =
  | 'unknown-item' | 'impossible-time' | 'duplicate' | 'absurd-size' | 'invalid-value' | 'too-many'
  | 'sensitive' | 'paused' | 'no-consent';

/** What the shopper allowed: a grant for each purpose. */
export interface Consent {
  /** Keep a profile on this device. Without it there is no other grant. */
  readonly profile: boolean;
  /** Send noised sums to the shop. */
  readonly reports: boolean;
  /** Rank by it: `recommend`, `rank`, `explain` (default: as `profile`). */
  readonly rank?: boolean;
  /** Tell the page what groups the shopper belongs to: `taste` (default false). */
  readonly segments?: boolean;
}

/** What is granted, purpose by purpose. */
export type Grants = Readonly<Record<'profile' | 'rank' | 'segments' | 'reports', boolean>>;

/** `pending`: memory only, nothing is stored or sent · `ready`: stored · `memory-only`: the store
 * does not answer · `refused`: nothing is kept, `recommend` gives what is popular · `closed`. */
export type Status = 'pending' | 'ready' | 'memory-only' | 'refused' | 'closed';

/** What a kind of interaction teaches. */
export interface Signal {
  /** 1 = wanted, 0 = not wanted. */
  readonly label: number;
  /** How strongly, 0 (not at all) to 4. */
  readonly weight: number;
}

/** The types of report that there are; `docs/reports.md` has what each tells, and its bounds. */
export type ReportType = 'departments' | 'shelf' | 'orders' | 'segments' | 'changes';

/** How and whether reports are sent. */
export interface ReportOptions {
  /** Where reports go, as a POST of JSON. */
  readonly url: string | URL;
  /** The types that the shop wants (default `{ departments: {} }`), each with its privacy loss of one report: the
   * registry's own, or a smaller one in steps of 0.001. One report of a type a day at most. */
  readonly types?: Readonly<Partial<Record<ReportType, { readonly epsilon?: number }>>>;
  /** A report waits a random time between these two, in milliseconds (default 1 to 30 minutes); the
   * wait begins anew with each page load. */
  readonly delay?: readonly [number, number];
}

export interface Options {
  /** The factor bundle: its address, or its bytes. What the browser has of an address is used at once, however old;
   * when the page is idle the latest is asked for, and takes its place. */
  readonly factors: string | URL | Uint8Array;
  /** The popular head of the bundle, which `homebody train --head` writes: lists come from it until the whole
   * bundle is here. What is done to other items meanwhile waits for it. */
  readonly head?: string | URL | Uint8Array;
  /** Default `'pending'`: learns in memory, stores and sends nothing. */
  readonly consent?: Consent | 'pending';
  /** Where the core's wasm module is, when not beside the script. */
  readonly wasm?: string | URL | BufferSource | WebAssembly.Module;
  /** The full module is wanted at once, beside the bundle. Else it shows when the bundle begins, and a core that is on its way is
   * given up: some milliseconds and kilobytes for nothing. */
  readonly full?: boolean;
  /** Where the full module is. It is loaded in the core's place for a bundle with a learnt mix or a learnt update function,
   * and as soon as something is asked that only it can answer: `explain`, `interests`, `history`, `map`, `corrections`,
   * `correct`, `forget`, `undo`, `export`, `import`, `ledger`. */
  readonly fullWasm?: string | URL | BufferSource | WebAssembly.Module;
  /** An item's name for the reasons (default: its id). */
  readonly nameOf?: (id: string) => string;
  /** Without it nothing is ever sent. */
  readonly reports?: ReportOptions;
  /** Compares the profile with popularity: this share of a browser's days, 0 to 1, has the arm `popular`. */
  readonly experiment?: { readonly popular: number };
  /** Rows of the table kind → label, weight that this shop changes. */
  readonly signals?: Readonly<Partial<Record<Kind, Signal>>>;
  /** Categories (full names) or departments from which nothing is learnt, beside those that the bundle names: what is
   * done with their items is written nowhere, and they are never personalised. */
  readonly sensitive?: readonly string[];
  /** What is stored is encrypted with a key that this browser does not give out (default true). It protects
   * copies made without the key, backups for one; not against who has the device, nor against a script on this
   * origin. Encrypting needs https or localhost: elsewhere nothing is stored unless this is false. */
  readonly encryption?: boolean;
  /** Name of the database (default `homebody`): two shops on one origin need two. */
  readonly database?: string;
}

/** What is known about an interaction beside its item. */
export interface Details {
  /** Milliseconds since 1970 (default: now). */
  readonly at?: number;
  /** Money paid for one piece (purchase, refund), in the shop's currency. */
  readonly price?: number;
  /** Pieces (default 1). */
  readonly quantity?: number;
  /** Stars given (rate), on the bundle's scale. */
  readonly rating?: number;
  /** Milliseconds that the item was looked at (view). */
  readonly dwell?: number;
  /** What a review says (rate), −1 (all bad) to 1, in place of stars: the page's own reading of its text. */
  readonly sentiment?: number;
  /** The interaction came from a list that homebody ranked. */
  readonly recommended?: boolean;
  /** How likely the item was to be in that list, as `recommend` gave it: kept in the log. */
  readonly propensity?: number;
  /** The arm of the list that it came from, where the shop compares. It teaches nothing. */
  readonly arm?: Arm;
}

/** What a list is ranked by, where the shop compares: the profile, or what is ordered most. */
export type Arm = 'personal' | 'popular';

export interface RecommendOptions {
  /** How many (default 12, at most 200). */
  readonly limit?: number;
  /** `for-you`: what could be wanted next (default) · `discover`: only what the shopper does not know
   * yet · `buy-again`: only what was ordered before. */
  readonly list?: 'for-you' | 'discover' | 'buy-again';
  /** Only these categories (a category's full name, or a department's). */
  readonly category?: string;
  /** Never these ids (out of stock, already on the page). */
  readonly exclude?: readonly string[];
  /** Items bought before: keep (default for `buy-again`) or hide (default for `for-you`). */
  readonly bought?: 'keep' | 'hide';
  /** Items viewed, chosen or put into the cart of late: keep (default) or hide. */
  readonly seen?: 'keep' | 'hide';
  /** At most this many of one category in the list (default 3; 0 = no limit). */
  readonly perCategory?: number;
  /** Work out the reasons (default true). */
  readonly reasons?: boolean;
  /** How much to explore what the profile is unsure of, 0 (default: not at all) to 1. Each item then has
   * its `propensity`. */
  readonly explore?: number;
  /** What ranks the list (default `personal`); `profile.arm()` says what the experiment wants today. Whatever
   * the rules leave out stays out. */
  readonly arm?: Arm;
  /** As of when, milliseconds since 1970 (default: now): what was done of late weighs more, and a year that
   * is played back has a `now` of its own. */
  readonly at?: number;
}

export interface Reason {
  /** In words: `because you viewed Cheddar`. */
  readonly text: string;
  /** The interaction's kind; `asked` where the shopper wanted more of it; `popular` where nothing of the
   * shopper's own speaks for the item. */
  readonly because: Kind | 'asked' | 'popular';
  /** The item of that interaction. */
  readonly item?: string;
  /** When it was, milliseconds since 1970. */
  readonly at?: number;
  /** Its part of the item's score, in units of the score. */
  readonly contribution: number;
}

export interface Recommendation {
  readonly id: string;
  readonly score: number;
  /** Largest contribution first; never empty when reasons were asked for. */
  readonly reasons: readonly Reason[];
  /** Where the list explores: how likely the item was to be in it, to judge lists afterwards. */
  readonly propensity?: number;
}

export interface Explanation {
  readonly id: string;
  /** Place among all items, 1 is the best. */
  readonly position: number;
  readonly score: number;
  /** Largest first, each with the place that the item would have without that interaction. */
  readonly reasons: readonly (Reason & { readonly text: string; readonly positionWithout: number })[];
}

/** One line of what left, or did not leave, this device. */
export interface LedgerEntry {
  /** When, milliseconds since 1970. */
  readonly at: number;
  readonly state: 'waiting' | 'sent' | 'failed' | 'withheld';
  /** In words: what was in it, or why it was not sent. */
  readonly text: string;
  /** Size of the body in bytes; 0 when nothing was sent. */
  readonly bytes: number;
  /** Privacy loss spent on it. */
  readonly epsilon: number;
  /** The body as it was sent. */
  readonly body?: string;
}

/** Taste by department, for a page to show. Shares add up to 1 (or are all 0). */
export interface TasteShare {
  readonly department: string;
  readonly share: number;
  readonly interactions: number;
}

/** The latest step of P(t+1) = f(P(t), D(t+1)), for a page that explains it: the long-term taste before and
 * after, in the dimensions of the bundle's factors. */
export interface LearningStep {
  readonly kind: Kind;
  readonly item: string;
  readonly at: number;
  /** What the interaction taught: 1 = wanted, 0 = not wanted. */
  readonly label: number;
  /** How strongly. */
  readonly weight: number;
  /** How surprised the long-term taste was, before it learnt. */
  readonly loss: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** One interaction of the local log. */
export interface LoggedInteraction {
  /** Its place in the log, from 1. What is missing in between was there once. */
  readonly position: number;
  readonly at: number;
  readonly kind: Kind;
  readonly item: string;
  readonly price?: number;
  readonly quantity: number;
  /** Stars; of a review that gave none, those that its sentiment stands for. */
  readonly rating?: number;
  readonly dwell?: number;
  readonly recommended: boolean;
  readonly propensity?: number;
  readonly arm?: Arm;
  /** Two halves of 64 bits, drawn at the time: with them what is learnt again is the same to the bit. */
  readonly seed: readonly [number, number];
}

/** What a correction is about: an item by its id, or a category (its full name, or a department's). */
export type Subject =
  | { readonly item: string; readonly category?: never }
  | { readonly category: string; readonly item?: never };

/** `more`, `less`: one step up or down, three at most · `lock`: what is thought of it stays, whatever is
 * done, until `unlock` · `not-me`: never learnt from (nor was it ever) and never recommended, until `clear`,
 * which takes back all corrections of the subject. */
export type Wish = 'more' | 'less' | 'lock' | 'unlock' | 'not-me' | 'clear';

/** Something that the shopper puts right. */
export type Correction = Subject & { readonly as: Wish };

/** What stands of all corrections of one subject. */
export type StandingCorrection = Subject & {
  /** Steps more (above 0) or less, −3 to 3. */
  readonly level: number;
  readonly locked: boolean;
  readonly notMe: boolean;
};

/** A correction as the log has it, said after so many interactions of the log. */
export type ExportedCorrection = Correction & { readonly at: number; readonly after: number; readonly position: number };

/** Which interactions to forget: those for which all that is given holds. Something must be given. */
export interface Forget {
  readonly item?: string;
  /** A category's full name, or a department's. */
  readonly category?: string;
  readonly kind?: Kind;
  /** At this very time, milliseconds since 1970. */
  readonly at?: number;
  /** Before this time. */
  readonly before?: number;
}

/** What `undo` took back. */
export type Undone =
  | { readonly what: 'forgetting'; /** Interactions that are there again. */ readonly count: number }
  | { readonly what: 'interaction'; readonly kind: Kind; readonly item: string }
  | { readonly what: 'correction'; readonly correction: Correction };

/** What is thought of one category. */
export interface Interest {
  /** Its full name. */
  readonly category: string;
  readonly department: string;
  /** Its share of all interest, 0 to 1. */
  readonly share: number;
  /** The share may be off by so much (one standard deviation). */
  readonly error: number;
  /** The same in a word. */
  readonly sure: 'guess' | 'likely' | 'sure';
  /** Interactions with its items, however long ago; impressions do not count. */
  readonly interactions: number;
  /** The last of them that the log still has, milliseconds since 1970. */
  readonly changedAt?: number;
}

/** What one interaction changed. */
export interface Change {
  readonly at: number;
  readonly kind: Kind;
  readonly item: string;
  /** In words: `you viewed Cheddar`. */
  readonly text: string;
  readonly category?: string;
  /** The category's share of all interest before and after, 0 to 1. */
  readonly before: number;
  readonly after: number;
  /** The items that climbed most in `for-you`, three at most; without `from` where it stood below place 60. */
  readonly moved: readonly { readonly item: string; readonly from?: number; readonly to: number }[];
  /** Why nothing was learnt, if so: the bundle does not hold the item, the shopper said "not me", or it is locked. */
  readonly unlearnt?: 'unknown' | 'not-me' | 'locked';
  /** Where the shopper stood on the map afterwards. */
  readonly here?: readonly [number, number];
}

/** The shop as a plane: what is near was liked by the same shoppers. */
export interface ShopMap {
  /** Names and the centres of their items; empty where the bundle brings no plane. */
  readonly departments: readonly (readonly [name: string, at: readonly [number, number]])[];
  /** Where the shopper stands; nowhere before the first interaction. */
  readonly here?: readonly [number, number];
}

/** What is kept, for the shopper to take away: the log and the corrections are what the rest was learnt
 * from, and `homebody replay` learns them again, to the same bytes while none of it has expired.
 * `docs/export.md` has the schema. */
export interface ProfileExport {
  readonly format: 'homebody-profile-2';
  readonly exportedAt: number;
  readonly bundle: string;
  readonly taste: readonly TasteShare[];
  readonly counts: readonly { readonly item: string; readonly count: number; readonly lastAt: number }[];
  readonly ratings: readonly { readonly item: string; readonly rating: number }[];
  readonly log: readonly LoggedInteraction[];
  /** The rows of the table kind → label, weight that the shop has changed. */
  readonly signals: Readonly<Partial<Record<Kind, Signal>>>;
  readonly corrections: readonly ExportedCorrection[];
  readonly ledger: readonly LedgerEntry[];
}

export interface ProfileState {
  readonly status: Status;
  readonly paused: boolean;
  /** What the shopper has granted; nothing before an answer, when lists are ranked in memory only. */
  readonly grants: Grants;
  /** Interactions learnt from so far. */
  readonly interactions: number;
  /** Refused interactions by reason. */
  readonly refused: Readonly<Partial<Record<Refusal, number>>>;
  /** Less is done than could be, because the browser asks for little data, or its battery is low: the latest
   * bundle is not asked for in the background, and with `save-data` lists come from the head until something is done
   * that needs the whole bundle. */
  readonly sparing?: 'save-data' | 'battery' | undefined;
  /** The version of the bundle in use. */
  readonly bundle: string;
  /** Lists come from the popular head of the bundle; the whole one is on its way, or waits (see `sparing`). */
  readonly head: boolean;
  /** Global Privacy Control is on: reports are off. */
  readonly gpc: boolean;
  /** Are reports sent, or why not: `gpc` the browser asks for it, `not-allowed` no consent to them (yet),
   * `not-set-up` the shop wants none. */
  readonly reports: 'on' | 'gpc' | 'not-allowed' | 'not-set-up';
  /** After `erase`: no report before this time, milliseconds since 1970. */
  readonly noReportsBefore?: number;
  /** Privacy loss, of all reports together and of each type. */
  readonly epsilon: Readonly<Record<'all' | ReportType, Epsilon>>;
  /** Why the store or the bundle is not in use, if so. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/** Today, in the last 30 and in the last 365 days. */
export interface Periods {
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

/** A privacy loss ε. */
export interface Epsilon {
  /** Spent, as a plain sum. */
  readonly spent: Periods;
  /** The same by Rényi composition, at δ = 10⁻⁶. */
  readonly renyi: Periods;
  /** What the sum may be at most. */
  readonly most: Periods;
}

export type Stop = () => void;

/** A shopper's profile on this device. */
export interface Profile {
  /** Learns from one interaction at once. Returns nothing, or why it was refused. */
  record(kind: Kind, item: string, details?: Details): Refusal | undefined;
  /** Records impressions, views and clicks of elements with `data-item="id"` below `root`;
   * inside `data-list` of `for-you` or `buy-again` they count as recommended, inside `data-arm` as of that arm. */
  observe(root: ParentNode & Node): Stop;
  /** A list for this shopper; what is popular where no profile is allowed. Throws `no-grant` where a profile is
   * allowed and ranking by it is not. */
  recommend(options?: RecommendOptions): readonly Recommendation[];
  /** The arm of this browser's day, drawn once: without an experiment always `personal`. */
  arm(): Arm;
  /** The given ids, best first (a search result, a category page); what is sensitive stays in its place. Throws as
   * `recommend` does. */
  rank(ids: readonly string[], options?: { readonly reasons?: boolean }): readonly Recommendation[];
  /** Items most like this one. */
  similar(id: string, options?: { readonly limit?: number; readonly exclude?: readonly string[] }): readonly Recommendation[];
  /** Why an item is where it is. Rejects where `recommend` throws. */
  explain(id: string): Promise<Explanation>;
  /** What the shopper likes, by department, for the page to go by. Throws `no-grant` without the grant `segments`. */
  taste(): readonly TasteShare[];
  /** The latest step of learning in this tab, if there was one; impressions are left out. */
  lastStep(): LearningStep | undefined;
  /** Called after each change, also by another tab. */
  subscribe(listener: () => void): Stop;
  /** What the shopper answered; the same answer again changes nothing. A refusal erases what was kept, and cancels
   * what is on its way. */
  setConsent(consent: Consent): Promise<void>;
  /** Stops learning, in every tab, until it is resumed in one of them; nothing of it is stored, so it ends with the
   * last tab. */
  pause(paused?: boolean): void;
  /** Puts something right, at once; resolves when it is stored. Corrections outlast reloads, other tabs and
   * new bundles. */
  correct(correction: Correction): Promise<void>;
  /** All corrections that stand. */
  corrections(): Promise<readonly StandingCorrection[]>;
  /** Deletes interactions and learns the log again without them: the profile is the one that never saw them.
   * What the log no longer holds (views after 90 days …) goes with them. Resolves to how many there were. */
  forget(what: Forget): Promise<number>;
  /** Takes back what this tab has just forgotten; else the last correction or interaction, whichever came
   * last. Resolves to what it was, if anything was. */
  undo(): Promise<Undone | undefined>;
  /** What is thought of each category, largest share first. */
  interests(): Promise<readonly Interest[]>;
  /** What each of the last interactions changed, oldest first (default 20, at most 200; impressions are left
   * out). */
  history(options?: { readonly limit?: number }): Promise<readonly Change[]>;
  /** The departments, and where the shopper stands as of `at` (milliseconds since 1970, default: now). */
  map(options?: { readonly at?: number }): Promise<ShopMap>;
  /** The categories from which nothing is learnt: those of the bundle, and those that the shop added. */
  sensitive(): readonly string[];
  /** An item's name, as `openProfile` was told to find it. */
  nameOf(id: string): string;
  export(): Promise<ProfileExport>;
  /** An export takes the place of the profile, or joins it (`merge`): both logs are learnt again in the order of time,
   * what both have once. Budget and ledger stay this browser's. Rejects with
   * `import-format` or `import-broken`, and nothing is changed. Resolves to the number of entries. */
  import(data: unknown, options?: { readonly merge?: boolean }): Promise<number>;
  /** Deletes everything; what stays is one date, before which no report is sent. */
  erase(): Promise<Date>;
  ledger(): Promise<readonly LedgerEntry[]>;
  state(): ProfileState;
  /** Resolves when all recorded interactions are stored; at once where nothing is stored (see `state().status`). */
  saved(): Promise<void>;
  /** Asks for the latest bundle, which takes the place of this one without losing an interaction. Resolves to whether
   * it is another; rejects with `bundle-unreachable`, or an error of the bundle, and this one stays. */
  refresh(): Promise<boolean>;
  close(): void;
}
