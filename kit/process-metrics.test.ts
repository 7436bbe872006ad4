import { open } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { collectProcessMetrics } from './process-metrics.ts';

async function read(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(metrics.map(({ name, values }) => [name, values[0]?.value ?? NaN]));
}

it('exposes CPU time, memory and open files of this process; counters only grow', async () => {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const first = await read(registry);
  expect(first['process_start_time_seconds']).toBeCloseTo(Date.now() / 1000 - process.uptime(), -1);
  expect(first['process_resident_memory_bytes']).toBeGreaterThan(2 ** 20);
  expect(first['nodejs_heap_size_used_bytes']).toBeGreaterThan(2 ** 20);
  const file = await open('/proc/self/stat');
  expect((await read(registry))['process_open_fds']).toBe((first['process_open_fds'] ?? NaN) + 1);
  await file.close();
  const until = process.cpuUsage().user + 20_000;
  while (process.cpuUsage().user < until);
  const second = await read(registry);
  expect(second['process_cpu_seconds_total']).toBeGreaterThan((first['process_cpu_seconds_total'] ?? NaN) + 0.019);
  expect(second['nodejs_eventloop_active_seconds_total']).toBeGreaterThanOrEqual(
    first['nodejs_eventloop_active_seconds_total'] ?? NaN,
  );
});
