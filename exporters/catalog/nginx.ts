import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { counter, gauge, type Metric } from './metric.ts';

/** Nginx: exporters/nginx. Names of nginx-prometheus-exporter; two of its counters do not end in `_total`. */
export const NGINX: Readonly<Record<string, Metric>> = {
  ...scrapeMetrics('nginx', ['stub_status']),
  nginx_connections_active: gauge('1', 'Active client connections, including waiting ones.'),
  nginx_connections_accepted: counter('1', 'Accepted client connections.', { naming: 'upstream' }),
  nginx_connections_handled: counter('1', 'Handled connections; fewer than accepted if a limit was reached.', {
    naming: 'upstream',
  }),
  nginx_connections_reading: gauge('1', 'Connections whose request Nginx is reading.'),
  nginx_connections_writing: gauge('1', 'Connections whose response Nginx is writing.'),
  nginx_connections_waiting: gauge('1', 'Idle keep-alive connections.'),
  nginx_http_requests_total: counter('1', 'Requests, including those for the status page.'),
};
