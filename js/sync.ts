/** One thing after the other: the store's work in this tab never overlaps. */
export function serial(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined); // a failure is its caller's, the next piece of work goes on
    return next;
  };
}

export interface Channel {
  /** Tells the other tabs that the store has changed. */
  tell(): void;
  close(): void;
}

/** Tabs tell each other that there is news; what it is, each reads from the store. */
export function channel(name: string, news: () => void): Channel {
  if (typeof BroadcastChannel === 'undefined') return { tell: () => undefined, close: () => undefined };
  const broadcast = new BroadcastChannel(`homebody:${name}`);
  broadcast.onmessage = news;
  return { tell: () => { broadcast.postMessage('news'); }, close: () => { broadcast.close(); } };
}

/** Listeners, told once for all that happens within one task. */
export function listeners(): { add(listener: () => void): () => void; tell(): void } {
  const all = new Set<() => void>();
  let due = false;
  return {
    add: (listener) => {
      all.add(listener);
      return () => { all.delete(listener); };
    },
    tell: () => {
      if (due) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        for (const listener of all) listener();
      });
    },
  };
}
