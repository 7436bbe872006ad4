import { openPrometheus } from '../../kit/prometheus.ts';
import type { Exposed } from './check-live.ts';

/** Only series with samples in this period are read, so that removed targets are ignored. */
const RECENT_MS = 30_000;

/** Reads from a Prometheus what its targets expose. Throws `http` when it does not respond. */
export async function readExposed(url: string, signal: AbortSignal): Promise<Exposed> {
  const prometheus = openPrometheus(url, { signal, deadlineMs: 10_000 });
  const [metadata, series] = await Promise.all([
    prometheus.targetMetadata(),
    prometheus.series('{job!=""}', Date.now() - RECENT_MS),
  ]);
  const families = metadata.map(({ target, metric, type }) => ({
    job: target['job'] ?? '',
    // The family of a counter lacks the suffix `_total` in OpenMetrics, and has it in the classic text format.
    name: type === 'counter' && !metric.endsWith('_total') ? `${metric}_total` : metric,
    type,
  }));
  return { families, series };
}

/** Uptime of the Prometheus that started last, according to this one; 0 when it has no data. */
export async function readMonitoredMs(url: string, signal: AbortSignal): Promise<number> {
  const result = await openPrometheus(url, { signal }).query('time() - process_start_time_seconds{job="prometheus"}');
  const seconds = result.flatMap(({ samples }) => samples.map(([, value]) => value));
  return seconds.length === 0 ? 0 : 1_000 * Math.min(...seconds);
}
