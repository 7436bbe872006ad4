import { expect, it } from 'vitest';
import { findingsOf, changePanel, withPanel } from './fixture.ts';
import { PANEL_UNIT_FITS } from './panel-unit-fits.ts';

it.each([
  ['max(process_resident_memory_bytes{job="app"})', 's', 'gives bytes, and the panel shows s'],
  ['sum(rate(process_cpu_seconds_total{job="app"}[$__rate_interval]))', 's', 'gives ratio, and the panel shows s'],
  ['sum(rate(haproxy_frontend_http_requests_total[$__rate_interval]))', 'short', 'gives 1 per second'],
  ['max(process_start_time_seconds{job="app"})', 'dateTimeFromNow', 'gives timestamp'],
  ['max(haproxy_process_idle_time_percent)', 'percentunit', 'gives percent'],
] as const)('finds %s shown as %s', (expr, unit, message) => {
  const found = findingsOf(PANEL_UNIT_FITS, withPanel({ expr, legend: 'all' }, { unit }));
  expect(found).toEqual([expect.stringContaining(message)]);
});

it('compares the axis of a heatmap with the unit of its histogram', () => {
  const change = changePanel('Latency', ({ fieldConfig }) =>
    Object.assign(fieldConfig?.defaults ?? {}, { unit: 'bytes' }),
  );
  expect(findingsOf(PANEL_UNIT_FITS, undefined, change)).toEqual([expect.stringContaining('gives seconds')]);
});
