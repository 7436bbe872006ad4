import { atMost, counter, gauge } from './metric.ts';

const PROXY = { proxy: atMost(20, 'frontends and backends of the configuration') };
const SERVER = { ...PROXY, server: atMost(20, 'hosts of a pool') };
const CODE = { code: ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] } as const;
const UP_OR_DOWN = { state: ['UP', 'DOWN'] } as const;

/** HAProxy's own metrics, as far as Prometheus requests them. Source of the names: its promex README and the response of 3.0.11. */
export const HAPROXY = {
  haproxy_process_start_time_seconds: gauge('timestamp', 'When the worker was started.'),
  haproxy_process_current_connections: gauge('1', 'Connections that are open.'),
  haproxy_process_idle_time_percent: gauge('percent', 'Share of its time in which HAProxy had nothing to do.'),
  haproxy_process_dropped_logs_total: counter('1', 'Log lines that could not be handed to the network.'),
  haproxy_process_max_connections: gauge('1', 'Limit of concurrent connections.'),
  haproxy_process_max_fds: gauge('1', 'Limit of open file descriptors.'),
  haproxy_process_max_sockets: gauge('1', 'Limit of open sockets.'),
  haproxy_process_max_pipes: gauge('1', 'Limit of splicing pipes.'),
  haproxy_process_max_memory_bytes: gauge('bytes', 'Memory limit of the process; 0 for none.'),
  haproxy_process_nbproc: gauge('1', 'Worker processes.'),
  haproxy_process_nbthread: gauge('1', 'Threads of the worker.'),
  haproxy_process_limit_connection_rate: gauge(
    '1 per second',
    'New connections per second that are allowed; 0 for no limit.',
  ),
  haproxy_process_limit_session_rate: gauge(
    '1 per second',
    'New sessions per second that are allowed; 0 for no limit.',
  ),
  haproxy_process_limit_ssl_rate: gauge(
    '1 per second',
    'New TLS sessions per second that are allowed; 0 for no limit.',
  ),
  haproxy_process_pool_allocated_bytes: gauge('bytes', 'Memory allocated by pools.'),
  haproxy_process_pool_used_bytes: gauge('bytes', 'Memory of pools in use.'),
  haproxy_frontend_status: gauge('1', 'State of a frontend: 1 for the one it is in.', {
    labels: { ...PROXY, ...UP_OR_DOWN },
  }),
  haproxy_frontend_current_sessions: gauge('1', 'Sessions that are open.', { labels: PROXY }),
  haproxy_frontend_connections_total: counter('1', 'Connections accepted.', { labels: PROXY }),
  haproxy_frontend_bytes_in_total: counter('bytes', 'Received from clients.', { labels: PROXY, naming: 'upstream' }),
  haproxy_frontend_bytes_out_total: counter('bytes', 'Sent to clients.', { labels: PROXY, naming: 'upstream' }),
  haproxy_frontend_internal_errors_total: counter('1', 'Requests that failed with an internal error.', {
    labels: PROXY,
  }),
  haproxy_frontend_http_requests_total: counter('1', 'Requests received.', { labels: PROXY }),
  haproxy_frontend_http_responses_total: counter('1', 'Answers sent, by class.', { labels: { ...PROXY, ...CODE } }),
  haproxy_frontend_request_errors_total: counter('1', 'Requests that were not understood or came too slowly.', {
    labels: PROXY,
  }),
  haproxy_frontend_denied_connections_total: counter(
    '1',
    'Connections refused because their client has too many without progress, or opens too many.',
    { labels: PROXY },
  ),
  haproxy_frontend_requests_denied_total: counter('1', 'Requests refused by the limits of their client.', {
    labels: PROXY,
  }),
  haproxy_backend_status: gauge('1', 'State of a backend: 1 for the one it is in.', {
    labels: { ...PROXY, ...UP_OR_DOWN },
  }),
  haproxy_backend_active_servers: gauge('1', 'Servers that are up and no backups.', { labels: PROXY }),
  haproxy_backend_backup_servers: gauge('1', 'Backup servers that are up.', { labels: PROXY }),
  haproxy_backend_limit_sessions: gauge('1', 'Session limit.', { labels: PROXY }),
  haproxy_backend_current_queue: gauge('1', 'Requests that wait for a server.', { labels: PROXY }),
  haproxy_backend_current_sessions: gauge('1', 'Sessions that are open.', { labels: PROXY }),
  haproxy_backend_http_requests_total: counter('1', 'HTTP requests received.', { labels: PROXY }),
  haproxy_backend_connection_attempts_total: counter('1', 'Connection attempts to servers.', { labels: PROXY }),
  haproxy_backend_bytes_in_total: counter('bytes', 'Sent to servers.', { labels: PROXY, naming: 'upstream' }),
  haproxy_backend_bytes_out_total: counter('bytes', 'Received from servers.', { labels: PROXY, naming: 'upstream' }),
  haproxy_backend_internal_errors_total: counter('1', 'Requests that failed with an internal error.', {
    labels: PROXY,
  }),
  haproxy_backend_check_up_down_total: counter('1', 'Transitions of the backend to DOWN.', {
    labels: PROXY,
  }),
  haproxy_backend_queue_time_average_seconds: gauge('seconds', 'Time in the queue, over the last 1024 connections.', {
    labels: PROXY,
  }),
  haproxy_backend_connect_time_average_seconds: gauge('seconds', 'Time to connect, over the last 1024 connections.', {
    labels: PROXY,
  }),
  haproxy_backend_total_time_average_seconds: gauge('seconds', 'Time of a session, over the last 1024.', {
    labels: PROXY,
  }),
  haproxy_backend_http_responses_total: counter('1', 'Answers of the servers, by class.', {
    labels: { ...PROXY, ...CODE },
  }),
  haproxy_backend_connection_errors_total: counter('1', 'Connections to servers that failed.', { labels: PROXY }),
  haproxy_backend_response_errors_total: counter('1', 'Answers of servers that were not understood.', {
    labels: PROXY,
  }),
  haproxy_backend_retry_warnings_total: counter('1', 'Connections that were retried.', { labels: PROXY }),
  haproxy_backend_redispatch_warnings_total: counter('1', 'Requests that were sent to another server.', {
    labels: PROXY,
  }),
  haproxy_backend_response_time_average_seconds: gauge('seconds', 'Time to an answer, over the last 1024.', {
    labels: PROXY,
  }),
  haproxy_server_status: gauge('1', 'State of a server: 1 for the one it is in.', {
    labels: { ...SERVER, state: ['UP', 'DOWN', 'MAINT', 'DRAIN', 'NOLB'] },
  }),
  haproxy_server_current_sessions: gauge('1', 'Sessions that are open.', { labels: SERVER }),
  haproxy_server_connection_attempts_total: counter('1', 'Connection attempts.', { labels: SERVER }),
  haproxy_server_bytes_in_total: counter('bytes', 'Sent to the server.', { labels: SERVER, naming: 'upstream' }),
  haproxy_server_bytes_out_total: counter('bytes', 'Received from the server.', { labels: SERVER, naming: 'upstream' }),
  haproxy_server_internal_errors_total: counter('1', 'Requests that failed with an internal error.', {
    labels: SERVER,
  }),
  haproxy_server_queue_time_average_seconds: gauge('seconds', 'Time in the queue, over the last 1024 connections.', {
    labels: SERVER,
  }),
  haproxy_server_connect_time_average_seconds: gauge('seconds', 'Time to connect, over the last 1024 connections.', {
    labels: SERVER,
  }),
  haproxy_server_total_time_average_seconds: gauge('seconds', 'Time of a session, over the last 1024.', {
    labels: SERVER,
  }),
  haproxy_server_http_responses_total: counter('1', 'Answers, by class.', { labels: { ...SERVER, ...CODE } }),
  haproxy_server_connection_errors_total: counter('1', 'Connections that failed.', { labels: SERVER }),
  haproxy_server_response_errors_total: counter('1', 'Answers that were not understood.', { labels: SERVER }),
  haproxy_server_response_time_average_seconds: gauge('seconds', 'Time to an answer, over the last 1024.', {
    labels: SERVER,
  }),
  haproxy_server_check_failures_total: counter('1', 'Checks that failed while the server was up.', { labels: SERVER }),
  haproxy_server_check_up_down_total: counter('1', 'Times that the server went down.', { labels: SERVER }),
  haproxy_server_downtime_seconds_total: counter('seconds', 'Time for which the server was down.', { labels: SERVER }),
} as const;
