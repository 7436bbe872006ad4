import { LOGGED_BACKENDS, LOGGED_FRONTENDS } from '../../deploy/model/access-log.ts';
import { METHODS, OTHER_METHOD, ROUTE_CLASSES } from '../../deploy/model/route-classes.ts';
import { CODE_CLASSES } from '../access-log/code-class.ts';
import { scrapeMetrics } from '../kit/scrape-metrics.ts';
import { atMost, counter, gauge, histogram } from './metric.ts';

/** Requests of a web host, from the access-log lines of its Nginx: exporters/access-log. */
export const NGINX_LOG = {
  ...scrapeMetrics('nginx_log', ['lines']),
  nginx_http_request_duration_seconds: histogram(
    'seconds',
    'Time from the first byte of a request to the last byte of the response.',
    { labels: { method: [...METHODS, OTHER_METHOD], route: ROUTE_CLASSES, code: CODE_CLASSES }, presence: 'on-event' },
  ),
  nginx_upstream_response_duration_seconds: histogram('seconds', 'Duration of one attempt at the upstream.', {
    labels: { upstream: ['app-pool'], code: CODE_CLASSES },
    presence: 'on-event',
  }),
  nginx_http_sent_bytes_total: counter('bytes', 'Bytes sent to clients, headers included.'),
  nginx_log_lines_total: counter('1', 'Lines received from this host.'),
  nginx_log_lines_malformed_total: counter('1', 'Lines that could not be parsed.'),
} as const;

const PATH = {
  proxy: [...LOGGED_FRONTENDS, 'other'],
  // HAProxy logs the frontend as the backend of a request that reached no backend.
  backend: [...new Set([...LOGGED_BACKENDS, ...LOGGED_FRONTENDS]), 'other'],
  server: atMost(20, 'hosts of the pools, and none'),
} as const;

/** Requests of a load balancer or an edge, from the access-log lines of its HAProxy: exporters/access-log. */
export const HAPROXY_LOG = {
  ...scrapeMetrics('haproxy_log', ['lines']),
  haproxy_log_request_duration_seconds: histogram(
    'seconds',
    'Duration from the first request byte to the last response byte, by frontend (`proxy`), backend and server.',
    { labels: PATH, presence: 'on-event' },
  ),
  haproxy_log_requests_total: counter(
    '1',
    'Requests by outcome; `termination`: HAProxy termination state (which side ended the request, and when).',
    {
      labels: { ...PATH, code: CODE_CLASSES, termination: atMost(40, 'pairs of letters of HAProxy') },
      presence: 'on-event',
    },
  ),
  haproxy_log_lines_total: counter('1', 'Lines received from this host.'),
  haproxy_log_lines_malformed_total: counter('1', 'Lines that could not be parsed.'),
  haproxy_log_messages_total: counter(
    '1',
    'HAProxy log messages other than requests, such as frontends stopped at a reload and failed TLS handshakes.',
  ),
  haproxy_log_lines_lost_total: counter('1', 'Lost lines, detected as gaps in the numbering of received lines.'),
} as const;

/** Metrics of the exporter about the socket that receives all these lines. */
export const LOG_RECEIVER = {
  access_log_datagrams_received_total: counter('1', 'Received datagrams.'),
  access_log_datagrams_unknown_source_total: counter('1', 'Datagrams from addresses of no server in the topology.'),
  access_log_datagrams_dropped_total: counter(
    '1',
    'Datagrams dropped by the kernel because they were not read in time.',
  ),
  access_log_receive_buffer_bytes: gauge('bytes', 'Size of the kernel receive buffer for unread datagrams.'),
} as const;
