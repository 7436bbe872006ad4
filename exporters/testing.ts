import { expect } from 'vitest';
import { addressOn, hostsOf, makeTopology, PORTS } from '../deploy/model/topology.ts';

/** Samples of one scrape, without help and types: `name{labels}` → value. */
export type Samples = ReadonlyMap<string, number>;

const [monitor] = hostsOf(makeTopology(), 'monitor');
const EXPORTER = `http://${monitor === undefined ? '' : addressOn(monitor, 'ops')}:${PORTS.exporter}`;

/** Probes through the exporter of the first monitor of the running stack, as its Prometheus does. */
export async function probe(module: string, target: string, timeoutSeconds = '2'): Promise<Samples> {
  const response = await fetch(`${EXPORTER}/probe?module=${module}&target=${target}`, {
    headers: { 'X-Prometheus-Scrape-Timeout-Seconds': timeoutSeconds },
    signal: AbortSignal.timeout(10_000),
  });
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** Series of collectors that failed. */
export function failedCollectors(samples: Samples): readonly string[] {
  return [...samples]
    .filter(([series, value]) => series.includes('_scrape_collector_success{') && value !== 1)
    .map(([series]) => series);
}
