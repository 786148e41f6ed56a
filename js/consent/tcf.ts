import type { Consent, Stop } from '../types.js';
import { following } from './follow.js';
import type { Asked, FollowOptions } from './follow.js';

export type { Asked, FollowOptions } from './follow.js';

export interface TcfOptions extends FollowOptions {
  /** What holds where the GDPR does not apply, so that the banner does not ask. Without it nothing is stored there. */
  readonly elsewhere?: Consent;
}

type Purposes = Readonly<Record<number, boolean>>;

/** As much of TCData as is read. */
interface TcData {
  readonly gdprApplies?: boolean;
  readonly eventStatus?: 'tcloaded' | 'cmpuishown' | 'useractioncomplete';
  readonly listenerId?: number;
  readonly purpose?: { readonly consents?: Purposes; readonly legitimateInterests?: Purposes };
  readonly publisher?: { readonly consents?: Purposes; readonly legitimateInterests?: Purposes };
}

type Heard = (data: TcData, success: boolean) => void;
type Api = (command: 'addEventListener' | 'removeEventListener', version: 2, heard: Heard, listener?: number) => void;

/**
 * Follows a banner of the IAB's Transparency and Consent Framework (2.2, 2.3) by its `__tcfapi`, whose stub must
 * stand above; without one nothing is granted. The shop is no vendor: what counts is what was said to the
 * publisher, where the banner asks that apart, else what was said to the purposes.
 *
 * - `profile`: purpose 1 (store on the device)
 * - `rank`: purposes 5 and 6 (profile for content, choose content by it)
 * - `reports`: purposes 8 and 9 (measure content, statistics of audiences), by consent or, as the framework allows
 *   for these two, by legitimate interest
 */
export function followTcf(profile: Asked, options: TcfOptions = {}): Stop {
  let listener: number | undefined;
  const remove = (): void => {
    if (listener !== undefined) api()?.('removeEventListener', 2, () => undefined, listener);
  };
  const follow = following(profile, options, remove);
  api()?.('addEventListener', 2, (data, success) => {
    if (!success) return;
    listener = data.listenerId ?? listener;
    if (follow.stopped) return remove(); // stopped while the banner was still loading
    if (data.gdprApplies === false) {
      if (options.elsewhere !== undefined) follow.tell(options.elsewhere);
      return;
    }
    // While the banner is shown nothing is answered yet, or nothing has changed yet.
    if (data.eventStatus === 'tcloaded' || data.eventStatus === 'useractioncomplete') follow.tell(answer(data));
  });
  return follow.stop;
}

/** The stub until the banner has loaded, then the banner's own. */
function api(): Api | undefined {
  return Reflect.get(globalThis, '__tcfapi') as Api | undefined;
}

function answer({ publisher, purpose }: TcData): Consent {
  const own = Object.keys(publisher?.consents ?? {}).length > 0 ? publisher : purpose;
  const consents = (number: number): boolean => own?.consents?.[number] === true;
  const accepts = (number: number): boolean => consents(number) || own?.legitimateInterests?.[number] === true;
  const stored = consents(1);
  return { profile: stored, rank: stored && consents(5) && consents(6), reports: stored && accepts(8) && accepts(9) };
}
