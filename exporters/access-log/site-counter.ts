import { SITE_REQUESTS } from '../catalog/site.ts';
import type { Sink } from '../kit/exporter.ts';
import { makeCounters } from './series-map.ts';

/** Who sent a request, and whether the site failed it. */
export interface SiteCounter {
  readonly count: (source: 'client' | 'prober', outcome: 'ok' | 'error') => void;
  readonly emit: (emit: Sink) => void;
}

/**
 * Counts the requests at one entry of the site. An entry that is down answers no client, so nothing but its probes can count as failed
 * there. The counts are those of this process.
 */
export function makeSiteCounter(): SiteCounter {
  const served = makeCounters(SITE_REQUESTS, ['source', 'outcome']);
  return {
    count(source, outcome) {
      // A counter that begins with its first failure has no rate for it.
      for (const known of ['ok', 'error'] as const) served.of(source, known).value += known === outcome ? 1 : 0;
    },
    emit: served.emit,
  };
}
