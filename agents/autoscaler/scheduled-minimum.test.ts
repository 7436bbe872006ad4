import { expect, it } from 'vitest';
import { scheduledMinimum } from './scheduled-minimum.ts';

const workday = { name: 'workday', cron: '0 8 * * 1-5', timezone: 'Europe/Berlin', forMinutes: 600, hosts: 4 };
const noon = { name: 'noon', cron: '30 11 * * *', timezone: 'UTC', forMinutes: 120, hosts: 6 };

// 2026-01-05 is a Monday. Berlin is one hour ahead of UTC in winter, and two in summer.
it.each([
  ['before the start', '2026-01-05T06:59:59Z', 0],
  ['at the start', '2026-01-05T07:00:00Z', 4],
  ['in a schedule', '2026-01-05T10:00:00Z', 4],
  ['in two schedules: the higher one', '2026-01-05T12:00:00Z', 6],
  ['after the end of one, in the other', '2026-01-05T13:30:00Z', 4],
  ['at the end', '2026-01-05T17:00:00Z', 0],
  ['on a Sunday', '2026-01-04T10:00:00Z', 0],
  ['in summer time', '2026-07-06T06:00:00Z', 4],
])('%s', (_, at, hosts) => {
  expect(scheduledMinimum([workday, noon], Date.parse(at))).toBe(hosts);
});

it('is 0 without schedules', () => {
  expect(scheduledMinimum([], 0)).toBe(0);
});
