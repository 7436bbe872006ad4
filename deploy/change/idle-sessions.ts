/** A session with an open transaction. A change of the primary waits for it. */
export interface OpenSession {
  /** ID of the connection. */
  readonly id: number;
  readonly user: string;
  /** It has answered its last statement and waits for the next one. */
  readonly isWaiting: boolean;
  /** Differs for each transaction of the session. */
  readonly transaction: string;
  /** Differs after each statement of the session. */
  readonly statement: string;
}

/** Since when a session has had its transaction, and since when it waits in it. Milliseconds of a monotonic clock. */
interface Age {
  readonly session: OpenSession;
  readonly openSinceMs: number;
  /** `undefined`: it executes a statement. */
  readonly waitingSinceMs: number | undefined;
}

/** Open sessions by ID. */
export type OpenSessions = ReadonlyMap<number, Age>;

/**
 * Adds a sample to the ages. They count from the first sample with the same transaction and statement. The server reports the idle time of a session in
 * whole seconds only, which is longer than a switch may take.
 */
export function trackOpenSessions(before: OpenSessions, sample: readonly OpenSession[], nowMs: number): OpenSessions {
  return new Map(
    sample.map((session) => {
      const known = before.get(session.id);
      const same = known?.session.transaction === session.transaction ? known : undefined;
      const waited = same?.session.statement === session.statement ? same.waitingSinceMs : undefined;
      const waitingSinceMs = session.isWaiting ? (waited ?? nowMs) : undefined;
      return [session.id, { session, openSinceMs: same?.openSinceMs ?? nowMs, waitingSinceMs }] as const;
    }),
  );
}

/** The sessions that have waited in a transaction for at least `ms`. */
export function findIdle(open: OpenSessions, nowMs: number, ms: number): readonly OpenSession[] {
  return select(open, ({ waitingSinceMs }) => waitingSinceMs !== undefined && nowMs - waitingSinceMs >= ms);
}

/** The sessions whose transaction was open for at least `ms` before `atMs`. */
export function findOpenSince(open: OpenSessions, atMs: number, ms: number): readonly OpenSession[] {
  return select(open, ({ openSinceMs }) => atMs - openSinceMs >= ms);
}

function select(open: OpenSessions, isChosen: (age: Age) => boolean): readonly OpenSession[] {
  return [...open.values()].filter(isChosen).map(({ session }) => session);
}
