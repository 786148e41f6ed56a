import { HomebodyError } from '../errors.js';

/** Where the worker's script is, when not beside this one: an address, or what a policy of Trusted Types made of it. */
export type Script = string | Pick<URL, 'toString' | 'toJSON'>;

/** Starts the worker. `failed` is told if it does not come up, and by then why is known. */
export function start(script: Script | undefined, failed: (error: HomebodyError) => void): Worker {
  const where = String(script ?? new URL('./worker-script.js', import.meta.url));
  let violated = '';
  const violation = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent): void => {
    if (/^(worker|child|script|default)-src/.test(effectiveDirective) && where.startsWith(blockedURI)) violated = effectiveDirective;
  };
  document.addEventListener('securitypolicyviolation', violation);
  const why = (cause?: unknown): HomebodyError => {
    document.removeEventListener('securitypolicyviolation', violation);
    const words = cause instanceof Error ? ` (${cause.message})` : '';
    if (words.includes('TrustedScriptURL')) {
      return new HomebodyError('worker-blocked', `the page's CSP has require-trusted-types-for 'script': pass the option worker as what a policy of yours makes of the address${words}`, { cause });
    }
    return violated !== '' || words.includes('Content Security Policy')
      ? new HomebodyError('worker-blocked', `the page's CSP forbids the worker ${where}: worker-src needs 'self'${words}`, { cause })
      : new HomebodyError('worker-failed', `the worker could not be started from ${where}: on the page's own origin there must be worker-script.js of the package, and what it imports; the option worker names its address${words}`, { cause });
  };
  try {
    // Written out, so that bundlers find the script and take it along.
    const worker = script === undefined
      ? new Worker(new URL('./worker-script.js', import.meta.url), { type: 'module', name: 'homebody' })
      : new Worker(script as string, { type: 'module', name: 'homebody' });
    worker.onerror = (event) => {
      event.preventDefault();
      const { message } = event;
      // The violation may be told after it.
      setTimeout(() => { failed(why(message === undefined ? undefined : new Error(message))); });
    };
    worker.addEventListener('message', () => {
      worker.onerror = null; // it is there; what goes wrong in it from now on is the page's to hear
      document.removeEventListener('securitypolicyviolation', violation);
    }, { once: true });
    return worker;
  } catch (error) {
    throw why(error);
  }
}
