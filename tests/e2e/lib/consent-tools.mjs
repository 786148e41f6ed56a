// Stand-ins for the tools by which shops ask for consent, each as its documentation says that it behaves. All
// run in the page and put a handle into `window.shopper`: what the shopper does with the banner.

/** IAB TCF 2.2/2.3: a stub that queues, then the banner, which replaces it and answers what waits. */
export function tcf() {
  const queue = [];
  window.__tcfapi = (command, version, callback, parameter) => {
    if (command === 'ping') callback({ gdprApplies: undefined, cmpLoaded: false, cmpStatus: 'stub' }, true);
    else queue.push([command, version, callback, parameter]);
  };
  const listeners = new Map();
  const removed = [];
  let next = 1;
  let state = {};
  const data = (listenerId) => ({ tcfPolicyVersion: 5, cmpStatus: 'loaded', listenerId, ...state });
  const commands = {
    addEventListener: (callback) => {
      listeners.set(next, callback);
      callback(data(next), true);
      next += 1;
    },
    removeEventListener: (callback, id) => {
      removed.push(id);
      callback(listeners.delete(id));
    },
  };
  const tell = (now) => {
    state = now;
    for (const [id, callback] of listeners) callback(data(id), true);
  };
  const numbers = (list) => Object.fromEntries(list.map((number) => [number, true]));
  window.shopper = {
    removed,
    /** The banner has loaded, with `first` on its lips. */
    load: (first) => {
      state = first;
      window.__tcfapi = (command, version, callback, parameter) => commands[command]?.(callback, parameter);
      for (const call of queue.splice(0)) window.__tcfapi(...call);
    },
    shown: () => tell({ ...state, gdprApplies: true, eventStatus: 'cmpuishown' }),
    says: (consents, legitimateInterests = [], publisher = {}) => tell({
      gdprApplies: true, eventStatus: 'useractioncomplete',
      purpose: { consents: numbers(consents), legitimateInterests: numbers(legitimateInterests) },
      publisher: { consents: publisher, legitimateInterests: {}, restrictions: {} },
    }),
    tell,
  };
}

/** Google Consent Mode v2: `gtag` pushes its arguments; the tag manager, when it comes, wraps `push`. */
export function google() {
  window.dataLayer = [];
  window.gtag = function gtag() { window.dataLayer.push(arguments); };
  window.shopper = {
    defaults: (answers) => window.gtag('consent', 'default', answers),
    says: (answers) => window.gtag('consent', 'update', answers),
    load: () => {
      const push = window.dataLayer.push;
      window.dataLayer.push = (...entries) => push.apply(window.dataLayer, entries);
      window.dataLayer.push({ event: 'gtm.js', 'gtm.start': Date.now() });
    },
  };
}

/** Shopify: the customer privacy API comes when it is asked for; an answer is an event of the document. */
export function shopify() {
  let visitor = { preferences: '', analytics: '', marketing: '', sale_of_data: '' };
  let asks = true;
  const allowed = (purpose) => visitor[purpose] === 'yes' || (!asks && visitor[purpose] === '');
  window.Shopify = {
    loadFeatures: (features, done) => {
      setTimeout(() => {
        if (!features.some(({ name, version }) => name === 'consent-tracking-api' && version === '0.1')) return done(new Error('unknown'));
        window.Shopify.customerPrivacy = {
          preferencesProcessingAllowed: () => allowed('preferences'),
          analyticsProcessingAllowed: () => allowed('analytics'),
          currentVisitorConsent: () => ({ ...visitor }),
        };
        return done();
      });
    },
  };
  window.shopper = {
    /** What is known of an earlier visit, and whether the shop must ask where the shopper is. */
    before: (answers, mustAsk) => {
      visitor = { ...visitor, ...answers };
      asks = mustAsk;
    },
    says: (preferences, analytics) => {
      const word = (yes) => (yes ? 'yes' : 'no');
      visitor = { ...visitor, preferences: word(preferences), analytics: word(analytics) };
      document.dispatchEvent(new CustomEvent('visitorConsentCollected', { detail: {
        preferencesAllowed: preferences, analyticsAllowed: analytics, marketingAllowed: false, saleOfDataAllowed: false,
        firstPartyMarketingAllowed: false, thirdPartyMarketingAllowed: false,
      } }));
    },
  };
}
