import type { UnitId } from '../units.ts';

const SUFFIXES: Readonly<Partial<Record<UnitId, string>>> = { reqps: ' req/s', ops: '/s', s: ' s', percent: ' %' };

/** Formats a value for readers, similar to Grafana. */
export function formatValue(value: number, unit: UnitId): string {
  if (unit === 'percentunit') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'bool_yes_no') return value === 0 ? 'no' : 'yes';
  if (unit === 'dateTimeFromNow') return new Date(value).toISOString().replace('T', ' ').slice(0, 19);
  if (unit === 'bytes' || unit === 'binBps')
    return `${(value / 1024 ** 2).toFixed(1)} MiB${unit === 'bytes' ? '' : '/s'}`;
  if (unit === 's' && Math.abs(value) < 1) return `${(value * 1000).toFixed(1)} ms`;
  return `${Number(value.toPrecision(4))}${SUFFIXES[unit] ?? ''}`;
}
