import type { Profile } from '../types.js';
import { button, count, h } from './dom.js';

/** Saves the export as a file; the browser asks where. */
export async function takeAway(profile: Profile): Promise<string> {
  const url = URL.createObjectURL(new Blob([JSON.stringify(await profile.export(), undefined, 2)], { type: 'application/json' }));
  h('a', { href: url, download: 'homebody-profile.json' }).click();
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000); // the download has begun long before
  return 'Exported: the file has all that is kept, in plain JSON.';
}

/** Asks for a file and reads it: it takes the place of the profile. */
export function choose(root: ShadowRoot, profile: Profile): Promise<string> {
  return new Promise((resolve, reject) => {
    const file = h('input', { type: 'file', id: 'file', accept: 'application/json,.json' }) as HTMLInputElement;
    const read = async (): Promise<string> => {
      const [chosen] = file.files ?? [];
      if (chosen === undefined) return 'No file was chosen; nothing is changed.';
      return `${count(await profile.import(parsed(await chosen.text())), 'entry').replace('entrys', 'entries')} imported.`;
    };
    const dialog = h('dialog', { 'aria-labelledby': 'import-title', onclose: () => { dialog.remove(); } },
      h('h2', { id: 'import-title' }, 'Import a profile?'),
      h('p', {}, 'What you exported before takes the place of what is known here now.'),
      h('p', {}, h('label', { for: 'file' }, 'The file: '), file),
      h('div', { class: 'row' },
        button('import now', 'Import', () => {
          read().then(resolve, reject);
          dialog.close();
        }),
        button('cancel', 'Cancel', () => {
          resolve('Nothing is changed.');
          dialog.close();
        }))) as HTMLDialogElement;
    root.append(dialog);
    dialog.showModal();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the file is no JSON');
  }
}
