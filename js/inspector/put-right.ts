import type { Correction, Forget, Profile, StandingCorrection, Subject, Undone } from '../types.js';
import { button, count, h } from './dom.js';

/** What a part of the inspector works with. */
export interface Context {
  readonly profile: Profile;
  /** Pixels that a drawing may be wide. */
  readonly width: number;
  /** Does something to the profile and says what came of it; what goes wrong is said, too. */
  readonly act: (work: () => Promise<string>) => void;
}

export const subjectName = (profile: Profile, { item, category }: Subject): string =>
  item === undefined ? category : profile.nameOf(item);

/** The buttons that put right what is thought of an item or a category. */
export function putRight(context: Context, subject: Subject, stand: StandingCorrection | undefined): HTMLElement {
  const name = subjectName(context.profile, subject);
  const key = (as: string): string => `${as} ${subject.item ?? subject.category}`;
  const correct = (as: Correction['as'], text: string, said: string, pressed?: boolean): HTMLElement =>
    button(key(as === 'unlock' ? 'lock' : as === 'clear' ? 'not-me' : as), text, () => {
      context.act(async () => {
        await context.profile.correct({ ...subject, as });
        return said;
      });
    }, { 'aria-label': `${text}: ${name}`, 'aria-pressed': pressed === undefined ? undefined : String(pressed) });
  const forget: Forget = subject;
  return h('div', { class: 'row', role: 'group', 'aria-label': `Put right: ${name}` },
    correct('more', 'More', `More of ${name}.`),
    correct('less', 'Less', `Less of ${name}.`),
    stand?.locked === true
      ? correct('unlock', 'Locked', `${name} moves again.`, true)
      : correct('lock', 'Lock', `${name} stays as it is, whatever you do.`, false),
    stand?.notMe === true
      ? correct('clear', 'Not me', `${name} counts again, with all that you did.`, true)
      : correct('not-me', 'Not me', `${name} says nothing about you any more: what it taught is unlearnt.`, false),
    button(key('forget'), 'Forget', () => { context.act(() => forgetting(context.profile, forget, name)); }, { 'aria-label': `Forget: ${name}`, class: 'danger' }));
}

export async function forgetting(profile: Profile, what: Forget, name: string): Promise<string> {
  const gone = await profile.forget(what);
  return `${count(gone, 'event')} forgotten: ${name}. Undo brings back what you have just forgotten, until you do something else.`;
}

/** What `undo` took back, in words. */
export function undoneInWords(profile: Profile, undone: Undone | undefined): string {
  if (undone === undefined) return 'There is nothing to undo.';
  switch (undone.what) {
    case 'forgetting': return `${count(undone.count, 'event')} remembered again.`;
    case 'interaction': return `Taken back: ${undone.kind}, ${profile.nameOf(undone.item)}. It is unlearnt.`;
    case 'correction': return `Taken back: ${undone.correction.as}, ${subjectName(profile, undone.correction)}.`;
  }
}

/** The tags of what stands: "2 steps more", "locked", "not me". */
export function tags(stand: StandingCorrection | undefined): string[] {
  if (stand === undefined) return [];
  const { level, locked, notMe } = stand;
  return [
    ...(level === 0 ? [] : [`${count(Math.abs(level), 'step')} ${level > 0 ? 'more' : 'less'}`]),
    ...(locked ? ['locked'] : []),
    ...(notMe ? ['not me'] : []),
  ];
}

export function standOf(standing: readonly StandingCorrection[], { item, category }: Subject): StandingCorrection | undefined {
  return standing.find((one) => one.item === item && one.category === category);
}
