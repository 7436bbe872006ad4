import { expect, it } from 'vitest';
import { findingsOf, withPanel } from './fixture.ts';
import { TARGET_JOB } from './target-job.ts';

it.each([
  ['max(process_resident_memory_bytes)', 1],
  ['max(process_resident_memory_bytes{host="app1"})', 1],
  ['max(process_resident_memory_bytes{job="app"})', 0],
  ['max(process_resident_memory_bytes{host="app1",tier=~"app"})', 0],
  ['max(http_requests_in_flight)', 0],
  ['max(up)', 0],
])('of %s finds %i', (expr, count) => {
  expect(findingsOf(TARGET_JOB, withPanel({ expr, legend: 'all' }))).toHaveLength(count);
});
