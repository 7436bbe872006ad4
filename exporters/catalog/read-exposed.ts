import { openPrometheus } from '../../kit/prometheus.ts';
import type { Exposed } from './check-live.ts';

/** Series of targets that were there this long ago are of today's stack. */
const RECENT_MS = 30_000;

/** Asks a Prometheus what the targets expose. Throws `http` when it does not answer. */
export async function readExposed(url: string, signal: AbortSignal): Promise<Exposed> {
  const prometheus = openPrometheus(url, { signal, deadlineMs: 10_000 });
  const [metadata, series] = await Promise.all([
    prometheus.targetMetadata(),
    prometheus.series('{job!=""}', Date.now() - RECENT_MS),
  ]);
  const families = metadata.map(({ target, metric, type }) => ({
    job: target['job'] ?? '',
    // A family of counters is called without the ending in OpenMetrics, and with it in the classic text.
    name: type === 'counter' && !metric.endsWith('_total') ? `${metric}_total` : metric,
    type,
  }));
  return { families, series };
}

/** How long the youngest Prometheus has been watching, as this one knows; 0 when it knows none. */
export async function readWatchedMs(url: string, signal: AbortSignal): Promise<number> {
  const asked = await openPrometheus(url, { signal }).query('time() - process_start_time_seconds{job="prometheus"}');
  const seconds = asked.flatMap(({ samples }) => samples.map(([, value]) => value));
  return seconds.length === 0 ? 0 : 1_000 * Math.min(...seconds);
}
