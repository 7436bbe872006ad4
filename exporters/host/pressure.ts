import type { Facts } from '../kit/facts.ts';
import type { Sink } from '../kit/exporter.ts';
import { parseNumber } from './fields.ts';

/** Resources with pressure stall information (PSI). */
export const RESOURCES = ['cpu', 'memory', 'io'] as const;

/** Emits how long the host's tasks waited for a resource. Only control groups of version 2 have this per host. */
export function emitPressure(facts: Facts, resource: (typeof RESOURCES)[number], emit: Sink): void {
  const path = `/sys/fs/cgroup/${resource}.pressure`;
  if (!facts.has(path)) return;
  const text = facts.read(path);
  for (const [kind, name] of [
    ['some', 'host_pressure_waiting_seconds_total'],
    ['full', 'host_pressure_stalled_seconds_total'],
  ] as const) {
    const total = new RegExp(`^${kind} .*total=(\\d+)`, 'm').exec(text)?.[1];
    if (total !== undefined) emit({ name, labels: { resource }, value: parseNumber(total, path) / 1e6 });
  }
}
