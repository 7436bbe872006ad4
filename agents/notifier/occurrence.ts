import type { PrometheusAlert } from '../../kit/prometheus.ts';
import type { NotifiedAlert } from './notification.ts';
import type { OpenAlert } from './open-alerts.ts';

/**
 * An alert that fires again after its end is another occurrence of the same alert, with a start of its own. Alertmanager can send the end
 * of an occurrence late: a cluster member decides what to send, waits for the other members, and sends it if one of them logged
 * a firing notification meanwhile, even if that one is about the next occurrence.
 */

/** The open alert after a message about it: the message's occurrence replaces an older one, and never a newer one. */
export function newerOf(known: OpenAlert | undefined, heard: OpenAlert): OpenAlert {
  if (known === undefined) return heard;
  const { startsAtMs } = heard.alert;
  if (heard.endsAtMs !== undefined) return isOver(heard.alert, heard.endsAtMs, known) ? known : heard;
  if (startsAtMs < known.alert.startsAtMs) return known;
  const isNext = known.endsAtMs !== undefined && startsAtMs > known.endsAtMs;
  return { ...heard, endsAtMs: isNext ? undefined : known.endsAtMs };
}

/** Whether a resolved alert is an occurrence that ended before the open one began. */
export function isOver(
  resolved: Pick<NotifiedAlert, 'startsAtMs'>,
  endsAtMs: number | undefined,
  open: OpenAlert,
): boolean {
  return (endsAtMs ?? resolved.startsAtMs) < open.alert.startsAtMs;
}

/** What the alerts that Prometheus servers have (at least one) mean for an open alert. */
export type ActiveOccurrence =
  /** It is the open one, which has not ended. */
  | { readonly kind: 'same' }
  /** It began after the open one, and fires. */
  | { readonly kind: 'next'; readonly startsAtMs: number }
  /** It began after the open one, and is only pending: it may never fire. */
  | { readonly kind: 'pending' };

/** The same occurrence if any Prometheus has had it since before its end; before its start, while nobody reported an end. */
export function activeOccurrence({ alert, endsAtMs }: OpenAlert, active: readonly PrometheusAlert[]): ActiveOccurrence {
  if (active.some(({ activeAtMs }) => activeAtMs <= (endsAtMs ?? alert.startsAtMs))) return { kind: 'same' };
  const firing = active.filter(({ state }) => state === 'firing');
  if (firing.length === 0) return { kind: 'pending' };
  return { kind: 'next', startsAtMs: Math.min(...firing.map(({ activeAtMs }) => activeAtMs)) };
}
