import { HomebodyError } from './index.js';
import type { ProfileExport } from './types.js';

/** An export under a passphrase, as a text that can be kept in a file. */
interface Backup {
  readonly format: 'homebody-backup-1';
  /** Rounds of PBKDF2 with SHA-256, from the passphrase and `salt` to a key of AES-GCM. */
  readonly rounds: number;
  readonly salt: string;
  readonly nonce: string;
  /** The export's JSON, sealed; bytes are in base64 throughout. */
  readonly sealed: string;
}

/** What OWASP asks of PBKDF2 with SHA-256. */
const ROUNDS = 600_000;
/** A file may ask for more, but not for an hour. */
const MOST_ROUNDS = 10_000_000;

/** Seals an export under a passphrase: who finds the file needs it, and nobody can bring it back. */
export async function sealBackup(profile: ProfileExport, passphrase: string): Promise<string> {
  if (passphrase.length < 8) throw new HomebodyError('invalid-option', 'option passphrase must have 8 characters or more');
  const [salt, nonce] = [random(16), random(12)];
  const key = await keyOf(passphrase, salt, ROUNDS);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, new TextEncoder().encode(JSON.stringify(profile)));
  const backup: Backup = { format: 'homebody-backup-1', rounds: ROUNDS, salt: text(salt), nonce: text(nonce), sealed: text(new Uint8Array(sealed)) };
  return JSON.stringify(backup);
}

/** Opens it again, for `profile.import`. Rejects with `backup-locked` where the passphrase is another, or the file is
 * not whole. */
export async function openBackup(backup: string, passphrase: string): Promise<unknown> {
  try {
    const { format, rounds, salt, nonce, sealed } = JSON.parse(backup) as Backup;
    if (format !== 'homebody-backup-1' || !(rounds >= 1 && rounds <= MOST_ROUNDS)) throw new Error('no backup');
    const key = await keyOf(passphrase, bytes(salt), rounds);
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(nonce) }, key, bytes(sealed));
    return JSON.parse(new TextDecoder().decode(opened)) as unknown;
  } catch (cause) {
    throw new HomebodyError('backup-locked', 'this backup cannot be opened: another passphrase, or the file is no whole backup', { cause });
  }
}

async function keyOf(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  // Typed on another keyboard, the same letters may come as other code points.
  const secret = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const base = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const bytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const text = (data: Uint8Array): string => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
