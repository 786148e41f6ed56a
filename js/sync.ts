import type { Grants } from './types.js';

/** One thing after the other: the store's work in this tab never overlaps. */
export function serial(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined); // a failure is its caller's, the next piece of work goes on
    return next;
  };
}

/** What one tab tells the others: that the store has changed, and what is said beside. */
export interface News {
  readonly grants?: Grants;
  /** Learning stops, or goes on. */
  readonly paused?: boolean;
  /** A tab has opened: who is paused, say so. */
  readonly opened?: true;
}

export interface Channel {
  tell(news?: News): void;
  close(): void;
}

/** Tabs tell each other that there is news; what has changed, each reads from the store. */
export function channel(name: string, heard: (news: News) => void): Channel {
  if (typeof BroadcastChannel === 'undefined') return { tell: () => undefined, close: () => undefined };
  const broadcast = new BroadcastChannel(`homebody:${name}`);
  let open = true;
  broadcast.onmessage = ({ data }: MessageEvent<News>) => { heard(data); };
  return {
    tell: (news = {}) => {
      if (open) broadcast.postMessage(news);
    },
    close: () => {
      open = false;
      broadcast.close();
    },
  };
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
        for (const listener of all) {
          // One that throws must not keep the news from the others; the page still hears of it.
          try { listener(); } catch (error) { reportError(error); }
        }
      });
    },
  };
}
