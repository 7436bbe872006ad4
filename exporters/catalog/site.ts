import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { counter } from './metric.ts';

/** What the availability of the site is counted by. */
export const SITE_REQUESTS = 'site_requests_total';

/** Requests where customers enter, per entry: those of clients from its access-log lines, and those of the prober that an edge did not answer. */
export const SITE = {
  ...scrapeMetrics('site', ['requests']),
  [SITE_REQUESTS]: counter(
    '1',
    'Requests where customers enter: at the edges, and at the load balancers without an edge before them.',
    {
      labels: { source: ['client', 'prober'], outcome: ['ok', 'error'] },
      appears: 'on-event',
    },
  ),
} as const;
