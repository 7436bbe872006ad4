import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { counter } from './metric.ts';

/** Counter of the availability SLO. */
export const SITE_REQUESTS = 'site_requests_total';

/** Requests per entry of the site: those of clients from its access-log lines, and failed probes of an edge by the prober. */
export const SITE = {
  ...scrapeMetrics('site', ['requests']),
  [SITE_REQUESTS]: counter(
    '1',
    'Requests where customers enter: at the edges, and at the load balancers without an edge before them.',
    {
      labels: { source: ['client', 'prober'], outcome: ['ok', 'error'] },
      presence: 'on-event',
    },
  ),
} as const;
