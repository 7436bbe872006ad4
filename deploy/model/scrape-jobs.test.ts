import { expect, it } from 'vitest';
import { makeTopology } from './topology.ts';
import { paceMs, SCRAPE_JOBS } from './scrape-jobs.ts';

const { monitoring } = makeTopology().profile;

it.each([...new Set(SCRAPE_JOBS.map(({ pace }) => pace))])(
  'what is asked at the pace %s is asked again before the last answer is too old to be seen',
  (pace) => {
    expect(paceMs(monitoring, pace)).toBeLessThan(monitoring.lookbackMs);
  },
);
