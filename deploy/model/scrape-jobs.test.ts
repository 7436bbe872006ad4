import { expect, it } from 'vitest';
import { makeTopology } from './topology.ts';
import { scrapeClassIntervalMs, SCRAPE_JOBS } from './scrape-jobs.ts';

const { monitoring } = makeTopology().profile;

it.each([...new Set(SCRAPE_JOBS.map(({ scrapeClass }) => scrapeClass))])(
  'the interval of scrape class %s is below the lookback',
  (scrapeClass) => {
    expect(scrapeClassIntervalMs(monitoring, scrapeClass)).toBeLessThan(monitoring.lookbackMs);
  },
);
