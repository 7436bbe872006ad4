import { z } from 'zod';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import type { Exposed } from './check-live.ts';

const metadataSchema = z.object({
  data: z.array(z.object({ target: z.record(z.string(), z.string()), metric: z.string(), type: z.string() })),
});
const seriesSchema = z.object({ data: z.array(z.record(z.string(), z.string())) });

/** Series of targets that were there this long ago are of today's stack. */
const RECENT_SECONDS = 30;

/** Asks a Prometheus what the targets expose. Throws `http` when it does not answer. */
export async function readExposed(url: string, signal: AbortSignal): Promise<Exposed> {
  const since = Math.floor(Date.now() / 1000) - RECENT_SECONDS;
  const [metadata, series] = await Promise.all([
    ask(`${url}/api/v1/targets/metadata`, signal).then((body) => metadataSchema.parse(body)),
    ask(`${url}/api/v1/series?match[]={job!=""}&start=${since}`, signal).then((body) => seriesSchema.parse(body)),
  ]);
  const families = metadata.data.map(({ target, metric, type }) => ({
    job: target['job'] ?? '',
    // A family of counters is called without the ending in OpenMetrics, and with it in the classic text.
    name: type === 'counter' && !metric.endsWith('_total') ? `${metric}_total` : metric,
    type,
  }));
  return { families, series: series.data };
}

async function ask(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    signal.throwIfAborted();
    throw new HoldfastError('http', `Prometheus does not say what it scrapes: ${messageOf(error)}`, {
      cause: error,
      fix: 'Bring the stack up with `./holdfast up`.',
    });
  }
}
