import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { counter } from './metric.ts';

/** Counter of the availability SLO. */
export const SITE_REQUESTS = 'site_requests_total';

/** Requests per entry of the site: those of clients from its access-log lines, and failed probes of an edge by the prober. */
export const SITE = {
  ...scrapeMetrics('site', ['requests']),
  [SITE_REQUESTS]: counter(
    '1',
    'Requests at the public endpoints: edges, and load balancers without an edge in front of them.',
    {
      labels: { source: ['client', 'prober'], outcome: ['ok', 'error'] },
      presence: 'on-event',
    },
  ),
} as const;
