import type { Grants, Profile, Stop } from '../types.js';
import { Base, button, count, date, h, redraw } from './dom.js';
import type { Child } from './dom.js';
import { left, reportsInWords } from './left.js';
import type { Context } from './put-right.js';
import { undoneInWords } from './put-right.js';
import { styles } from './style.js';
import { choose, takeAway } from './take-away.js';
import { thinks } from './thinks.js';
import { why } from './why.js';

const TABS = { thinks: ['What it thinks'], why: ['Why'], left: ['What left', ' this device'] } as const;
type Tab = keyof typeof TABS;

const STATUS = {
  pending: 'learning in memory only; nothing is stored or sent until you choose',
  ready: 'kept on this device',
  'memory-only': 'in memory only: this browser does not let it be stored',
  refused: 'you refused: nothing is kept',
  closed: 'off',
} as const;

const PURPOSES = { rank: 'ranking by it', segments: 'telling the page what you like', reports: 'noised sums for the shop' } as const;

function allowedInWords(grants: Grants): string {
  const given = Object.entries(PURPOSES).filter(([grant]) => grants[grant as keyof Grants]).map(([, words]) => words);
  return ['a profile on this device', ...given].join(', ');
}

/**
 * `<homebody-inspector>`: what the profile thinks of the shopper, why, and what left this device, with the
 * verbs to put it right. Give it a profile: `inspector.profile = profile`.
 *
 * - `tab`, as property or attribute, is the part that is shown: `thinks` (default), `why` or `left`.
 * - After everything was erased it sends the event `homebody-erased`; its `detail` is the date before which
 *   no report is sent.
 * - Colours and corners: `--homebody-ground`, `-text`, `-muted`, `-line`, `-accent`, `-on-accent`, `-danger`,
 *   `-radius`; light or dark follows the page's `color-scheme`.
 */
export class HomebodyInspector extends Base {
  static readonly observedAttributes = ['tab'];

  #profile: Profile | undefined;
  #stop: Stop | undefined;
  #tab: Tab = 'thinks';
  #limit = 20;
  #drawing: Promise<void> | undefined;
  #again = false;
  readonly #root: ShadowRoot;
  readonly #state = h('dl', { id: 'state' });
  readonly #verbs = h('div', { class: 'row', role: 'group', 'aria-label': 'Your profile' });
  readonly #said = h('p', { id: 'done', class: 'said', role: 'status' });
  readonly #tabs = h('div', { role: 'tablist', 'aria-label': 'Your profile', onkeydown: (event) => { this.#onkey(event as KeyboardEvent); } });
  readonly #panel = h('div', { role: 'tabpanel', id: 'panel', tabindex: 0 });

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [styles()];
    for (const [name, [text, more]] of Object.entries(TABS)) {
      this.#tabs.append(h('button', { type: 'button', role: 'tab', id: name, 'aria-controls': 'panel', onclick: () => { this.tab = name as Tab; } },
        text, more !== undefined && h('span', { class: 'wide' }, more)));
    }
    this.#root.append(this.#state, this.#verbs, this.#said, this.#tabs, this.#panel);
  }

  /** The profile that is shown; it may be changed at any time. */
  get profile(): Profile | undefined {
    return this.#profile;
  }

  set profile(profile: Profile | undefined) {
    this.#profile = profile;
    this.#listen();
  }

  /** The part that is shown. */
  get tab(): Tab {
    return this.#tab;
  }

  set tab(tab: Tab) {
    if (!Object.hasOwn(TABS, tab) || tab === this.#tab) return;
    this.#tab = tab;
    this.#draw();
  }

  connectedCallback(): void {
    this.#listen();
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  attributeChangedCallback(_: string, __: string | null, value: string | null): void {
    this.tab = value as Tab;
  }

  /** Resolves when what is shown is as new as the profile. */
  async drawn(): Promise<void> {
    while (this.#drawing !== undefined) await this.#drawing;
  }

  #listen(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#profile === undefined || !this.isConnected) return;
    this.#stop = this.#profile.subscribe(() => { this.#draw(); });
    this.#draw();
  }

  /** One drawing at a time; what changes meanwhile is drawn after it. */
  #draw(): void {
    this.#again = true;
    this.#drawing ??= (async () => {
      while (this.#again) {
        this.#again = false;
        await this.#drawOnce();
      }
    })().catch((error: unknown) => { this.#say(error); }).finally(() => { this.#drawing = undefined; });
  }

  async #drawOnce(): Promise<void> {
    const profile = this.#profile;
    if (profile === undefined) return;
    const tab = this.#tab;
    for (const one of this.#tabs.children) {
      const selected = one.id === tab;
      one.setAttribute('aria-selected', String(selected));
      one.setAttribute('tabindex', selected ? '0' : '-1');
    }
    this.#panel.setAttribute('aria-labelledby', tab);
    this.#drawState(profile);
    redraw(this.#root, this.#verbs, ...this.#buttons(profile));
    const content = await this.#content(tab, { profile, width: this.clientWidth, act: (work) => { this.#act(work); } });
    if (tab === this.#tab && profile === this.#profile) redraw(this.#root, this.#panel, ...content);
  }

  #content(tab: Tab, context: Context): Promise<Child[]> {
    if (tab === 'thinks') return thinks(context);
    return tab === 'left' ? left(context) : why(context, this.#limit, () => {
      this.#limit += 20;
      this.#draw();
    });
  }

  #drawState(profile: Profile): void {
    const state = profile.state();
    const { status, paused, interactions } = state;
    this.#state.dataset['status'] = status;
    const facts = [
      ['Profile', paused ? `${STATUS[status]}; learning is paused` : STATUS[status]],
      ...(status === 'ready' || status === 'memory-only' ? [['Allowed', allowedInWords(state.grants)]] : []),
      ['Learnt from', count(interactions, 'interaction')],
      ['Reports', reportsInWords(state)],
    ];
    this.#state.replaceChildren(...facts.flatMap(([term, text]) => [h('dt', {}, term), h('dd', {}, text)]));
  }

  #buttons(profile: Profile): Child[] {
    const { paused } = profile.state();
    return [
      button('undo', 'Undo', () => { this.#act(async () => undoneInWords(profile, await profile.undo())); }),
      button('pause', paused ? 'Go on learning' : 'Pause learning', () => { profile.pause(!paused); }),
      button('export', 'Export', () => { this.#act(() => takeAway(profile)); }),
      button('import', 'Import…', () => { this.#act(() => choose(this.#root, profile)); }),
      button('erase', 'Erase…', () => { this.#askToErase(profile); }, { class: 'danger' }),
    ];
  }

  /** Does something and says what came of it. */
  #act(work: () => Promise<string>): void {
    work().then((said) => { this.#say(said); }, (error: unknown) => { this.#say(error); });
  }

  #say(said: unknown): void {
    this.#said.textContent = said instanceof Error ? `That did not work: ${said.message}` : String(said);
    this.#draw();
  }

  #askToErase(profile: Profile): void {
    const erase = async (): Promise<string> => {
      dialog.close();
      const until = await profile.erase();
      this.dispatchEvent(new CustomEvent('homebody-erased', { detail: until }));
      return `Everything is erased. What stays is one date: no report is sent before ${date(until)}.`;
    };
    const dialog = h('dialog', { 'aria-labelledby': 'erase-title', onclose: () => { dialog.remove(); } },
      h('h2', { id: 'erase-title' }, 'Erase your profile?'),
      h('p', {}, 'Events, tastes, corrections and the list of reports go, on this device and in every open tab. '
        + 'One date stays, so that erasing does not make reports more frequent.'),
      h('div', { class: 'row' },
        button('erase now', 'Erase everything', () => { this.#act(erase); }, { class: 'danger' }),
        button('keep', 'Keep it', () => { dialog.close(); }))) as HTMLDialogElement;
    this.#root.append(dialog);
    dialog.showModal();
  }

  #onkey(event: KeyboardEvent): void {
    const names = Object.keys(TABS) as Tab[];
    const now = names.indexOf(this.#tab);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: names.length - 1 }[event.key];
    const name = to === undefined ? undefined : names.at(to % names.length);
    if (name === undefined) return;
    event.preventDefault();
    this.tab = name;
    (this.#tabs.querySelector(`#${name}`) as HTMLElement).focus();
  }
}
