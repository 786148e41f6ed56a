// The cut wire. The browser itself is told, by a Content-Security-Policy added to this page, to let no
// request go: no fetch, beacon, image or socket. A policy can be added to a page but never taken off,
// so not even this script can undo it; a reload does. What was blocked, the browser reports and we count.

const POLICY = "default-src 'none'; form-action 'none'";

/** @type {{ what: string, url: string }[]} */
const blocked = [];
let cut = false;

export const wireIsCut = () => cut;
export const blockedRequests = () => blocked;

/** @param {() => void} changed called at each blocked request */
export function cutTheWire(changed) {
  if (cut) return;
  cut = true;
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, disposition }) => {
    if (disposition !== 'enforce') return;
    blocked.push({ what: effectiveDirective, url: blockedURI });
    changed();
  });
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = POLICY;
  document.head.append(policy);
}
