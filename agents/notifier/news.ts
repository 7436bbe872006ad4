import type { NotifiedAlert } from './notification.ts';

/** What people know about one alert of one beginning: when they were told that it fires, and that it is over. */
export interface Told {
  readonly firingAtMs?: number;
  readonly resolvedAtMs?: number;
}

/**
 * Alertmanager decides what to send some seconds before it sends (members wait for each other), so a member may say that something
 * fires just after the other one said that it is over. Within this time that is no news.
 */
const STALE_MS = 30_000;

/**
 * Whether an alert says anything that people do not know. `peersKnown`: every notifier that may have told it was asked; only then
 * is the end of something that nobody ever heard of kept quiet.
 */
export function isNews(
  alert: Pick<NotifiedAlert, 'status'>,
  told: Told,
  facts: { readonly nowMs: number; readonly repeatAfterMs: number; readonly peersKnown: boolean },
): boolean {
  const { firingAtMs, resolvedAtMs } = told;
  if (alert.status === 'resolved') return resolvedAtMs === undefined && (firingAtMs !== undefined || !facts.peersKnown);
  if (resolvedAtMs !== undefined) return facts.nowMs - resolvedAtMs > STALE_MS;
  return firingAtMs === undefined || facts.nowMs - firingAtMs >= facts.repeatAfterMs;
}

/** What is known when two notifiers put their knowledge together. */
export function mergeTold(a: Told, b: Told): Told {
  const firingAtMs = latest(a.firingAtMs, b.firingAtMs);
  const resolvedAtMs = latest(a.resolvedAtMs, b.resolvedAtMs);
  return {
    ...(firingAtMs === undefined ? {} : { firingAtMs }),
    ...(resolvedAtMs === undefined ? {} : { resolvedAtMs }),
  };
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
