import type { PrometheusAlert } from '../../kit/prometheus.ts';
import type { NotifiedAlert } from './notification.ts';
import type { OpenAlert } from './open-alerts.ts';

/**
 * An alert that fires again after its end is another occurrence of the same alert, with a start of its own. Alertmanager can send the end
 * of an occurrence late. A cluster member decides what to send and waits for the other members. It sends the end if one of them logged
 * a firing notification meanwhile, even one about the next occurrence.
 */

/** The open alert after a notification about it: its occurrence replaces an older one, never a newer one. */
export function newerOf(known: OpenAlert | undefined, received: OpenAlert): OpenAlert {
  if (known === undefined) return received;
  const { startsAtMs } = received.alert;
  if (received.endsAtMs !== undefined) return isOver(received.alert, received.endsAtMs, known) ? known : received;
  if (startsAtMs < known.alert.startsAtMs) return known;
  const isNext = known.endsAtMs !== undefined && startsAtMs > known.endsAtMs;
  return { ...received, endsAtMs: isNext ? undefined : known.endsAtMs };
}

/** Whether a resolved alert is an occurrence that ended before the open one began. */
export function isOver(
  resolved: Pick<NotifiedAlert, 'startsAtMs'>,
  endsAtMs: number | undefined,
  open: OpenAlert,
): boolean {
  return (endsAtMs ?? resolved.startsAtMs) < open.alert.startsAtMs;
}

/** How the active alerts of the Prometheus servers (at least one) relate to an open alert. */
export type ActiveOccurrence =
  /** It is the open one, which has not ended. */
  | { readonly kind: 'same' }
  /** It began after the open one, and fires. */
  | { readonly kind: 'next'; readonly startsAtMs: number }
  /** It began after the open one and is only pending, so it may never fire. */
  | { readonly kind: 'pending' };

/** The same occurrence if any Prometheus has had it since before its end; without a reported end, since before its start. */
export function activeOccurrence({ alert, endsAtMs }: OpenAlert, active: readonly PrometheusAlert[]): ActiveOccurrence {
  if (active.some(({ activeAtMs }) => activeAtMs <= (endsAtMs ?? alert.startsAtMs))) return { kind: 'same' };
  const firing = active.filter(({ state }) => state === 'firing');
  if (firing.length === 0) return { kind: 'pending' };
  return { kind: 'next', startsAtMs: Math.min(...firing.map(({ activeAtMs }) => activeAtMs)) };
}
