import { SITE_REQUESTS } from '../catalog/site.ts';
import type { Sink } from '../kit/exporter.ts';
import { makeCounters } from './series-map.ts';

/** Counts requests by source and by whether the site failed them. */
export interface SiteCounter {
  readonly count: (source: 'client' | 'prober', outcome: 'ok' | 'error') => void;
  readonly emit: (emit: Sink) => void;
}

/**
 * Counts the requests at one entry of the site. An entry that is down logs no client requests, so only probes can count as failed there. The
 * counts start at zero with this process.
 */
export function makeSiteCounter(): SiteCounter {
  const served = makeCounters(SITE_REQUESTS, ['source', 'outcome']);
  return {
    count(source, outcome) {
      // Creates both series: a counter that first appears with value 1 has no rate for that failure.
      for (const known of ['ok', 'error'] as const) served.of(source, known).value += known === outcome ? 1 : 0;
    },
    emit: served.emit,
  };
}
