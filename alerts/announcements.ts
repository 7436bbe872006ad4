/** Alerts that planned work explains. */
export interface Announcements {
  /** Announces alerts until disposed, and for the time that they need to resolve: as long as they are silent. */
  announce(keys: readonly string[]): Disposable;
  /** Whether planned work explains this alert now. */
  explains(key: string): boolean;
}

/** `now` and `resolvesMs` are in milliseconds. */
export function openAnnouncements(resolvesMs: number, now: () => number = Date.now): Announcements {
  const until = new Map<string, number>();
  const announceUntil = (keys: readonly string[], ms: number): void => {
    for (const key of keys) until.set(key, ms);
  };
  return {
    announce: (keys) => {
      announceUntil(keys, Infinity);
      return {
        [Symbol.dispose]: () => {
          announceUntil(keys, now() + resolvesMs);
        },
      };
    },
    explains: (key) => (until.get(key) ?? 0) > now(),
  };
}
