import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { counter, gauge, type Metric } from './metric.ts';

/** Nginx: exporters/nginx. Names of nginx-prometheus-exporter; two of its counters do not end in `_total`. */
export const NGINX: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('nginx', ['stub_status']),
  nginx_connections_active: gauge('1', 'Connections of clients, those that wait included.'),
  nginx_connections_accepted: counter('1', 'Connections that were accepted.', { naming: 'upstream' }),
  nginx_connections_handled: counter(
    '1',
    'Connections that were served; fewer than accepted where a limit was reached.',
    { naming: 'upstream' },
  ),
  nginx_connections_reading: gauge('1', 'Connections whose request is being read.'),
  nginx_connections_writing: gauge('1', 'Connections whose response Nginx is writing.'),
  nginx_connections_waiting: gauge('1', 'Connections that are kept open and ask nothing.'),
  nginx_http_requests_total: counter('1', 'Requests, including those for the status page.'),
};
