import { expect, it } from 'vitest';
import { openAnnouncements } from './announcements.ts';

it('planned work explains its alerts until they had time to resolve, and no later fault of the same host', () => {
  let now = 0;
  const announcements = openAnnouncements(60_000, () => now);
  const work = announcements.announce(['WebHostLost web1']);
  now = 3_600_000;
  expect(announcements.explains('WebHostLost web1')).toBe(true);
  expect(announcements.explains('WebHostLost web2')).toBe(false);
  work[Symbol.dispose]();
  now += 59_999;
  expect(announcements.explains('WebHostLost web1')).toBe(true);
  now += 1;
  expect(announcements.explains('WebHostLost web1')).toBe(false);
});
