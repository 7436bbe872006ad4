import { atMost, counter, gauge } from './metric.ts';

const PROXY = { proxy: atMost(20, 'frontends and backends of the configuration') };
const SERVER = { ...PROXY, server: atMost(20, 'hosts of a pool') };
const CODE = { code: ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] } as const;
const UP_OR_DOWN = { state: ['UP', 'DOWN'] } as const;

/** HAProxy's own metrics, as far as Prometheus requests them. Source of the names: its promex README and the response of 3.0.11. */
export const HAPROXY = {
  haproxy_process_start_time_seconds: gauge('timestamp', 'Start time of the worker process.'),
  haproxy_process_current_connections: gauge('1', 'Open connections.'),
  haproxy_process_idle_time_percent: gauge('percent', 'Share of time in which HAProxy was idle.'),
  haproxy_process_dropped_logs_total: counter('1', 'Dropped log lines, which could not be sent to the network.'),
  haproxy_process_max_connections: gauge('1', 'Limit of concurrent connections.'),
  haproxy_process_max_fds: gauge('1', 'Limit of open file descriptors.'),
  haproxy_process_max_sockets: gauge('1', 'Limit of open sockets.'),
  haproxy_process_max_pipes: gauge('1', 'Limit of splicing pipes.'),
  haproxy_process_max_memory_bytes: gauge('bytes', 'Memory limit of the process; 0 for none.'),
  haproxy_process_nbproc: gauge('1', 'Worker processes.'),
  haproxy_process_nbthread: gauge('1', 'Threads of the worker.'),
  haproxy_process_limit_connection_rate: gauge('1 per second', 'Limit of new connections per second; 0 for none.'),
  haproxy_process_limit_session_rate: gauge('1 per second', 'Limit of new sessions per second; 0 for none.'),
  haproxy_process_limit_ssl_rate: gauge('1 per second', 'Limit of new TLS sessions per second; 0 for none.'),
  haproxy_process_pool_allocated_bytes: gauge('bytes', 'Memory allocated by pools.'),
  haproxy_process_pool_used_bytes: gauge('bytes', 'Memory of pools in use.'),
  haproxy_frontend_status: gauge('1', 'State of a frontend: 1 for the current state.', {
    labels: { ...PROXY, ...UP_OR_DOWN },
  }),
  haproxy_frontend_current_sessions: gauge('1', 'Open sessions.', { labels: PROXY }),
  haproxy_frontend_connections_total: counter('1', 'Accepted connections.', { labels: PROXY }),
  haproxy_frontend_bytes_in_total: counter('bytes', 'Bytes received from clients.', {
    labels: PROXY,
    naming: 'upstream',
  }),
  haproxy_frontend_bytes_out_total: counter('bytes', 'Bytes sent to clients.', { labels: PROXY, naming: 'upstream' }),
  haproxy_frontend_internal_errors_total: counter('1', 'Requests failed with an internal error.', {
    labels: PROXY,
  }),
  haproxy_frontend_http_requests_total: counter('1', 'Received HTTP requests.', { labels: PROXY }),
  haproxy_frontend_http_responses_total: counter('1', 'HTTP responses sent, by status class.', {
    labels: { ...PROXY, ...CODE },
  }),
  haproxy_frontend_request_errors_total: counter('1', 'Request errors: invalid or timed-out requests.', {
    labels: PROXY,
  }),
  haproxy_frontend_denied_connections_total: counter(
    '1',
    'Connections denied because the client has too many without progress or opens too many.',
    { labels: PROXY },
  ),
  haproxy_frontend_requests_denied_total: counter('1', 'Requests denied by the limits per client.', {
    labels: PROXY,
  }),
  haproxy_backend_status: gauge('1', 'State of a backend: 1 for the current state.', {
    labels: { ...PROXY, ...UP_OR_DOWN },
  }),
  haproxy_backend_active_servers: gauge('1', 'Active (non-backup) servers that are up.', { labels: PROXY }),
  haproxy_backend_backup_servers: gauge('1', 'Backup servers that are up.', { labels: PROXY }),
  haproxy_backend_limit_sessions: gauge('1', 'Session limit.', { labels: PROXY }),
  haproxy_backend_current_queue: gauge('1', 'Requests queued for a server.', { labels: PROXY }),
  haproxy_backend_current_sessions: gauge('1', 'Open sessions.', { labels: PROXY }),
  haproxy_backend_http_requests_total: counter('1', 'Received HTTP requests.', { labels: PROXY }),
  haproxy_backend_connection_attempts_total: counter('1', 'Connection attempts to servers.', { labels: PROXY }),
  haproxy_backend_bytes_in_total: counter('bytes', 'Bytes sent to servers.', { labels: PROXY, naming: 'upstream' }),
  haproxy_backend_bytes_out_total: counter('bytes', 'Bytes received from servers.', {
    labels: PROXY,
    naming: 'upstream',
  }),
  haproxy_backend_internal_errors_total: counter('1', 'Requests failed with an internal error.', {
    labels: PROXY,
  }),
  haproxy_backend_check_up_down_total: counter('1', 'Transitions of the backend to DOWN.', {
    labels: PROXY,
  }),
  haproxy_backend_queue_time_average_seconds: gauge('seconds', 'Average queue time of the last 1024 connections.', {
    labels: PROXY,
  }),
  haproxy_backend_connect_time_average_seconds: gauge('seconds', 'Average connect time of the last 1024 connections.', {
    labels: PROXY,
  }),
  haproxy_backend_total_time_average_seconds: gauge('seconds', 'Average total time of the last 1024 sessions.', {
    labels: PROXY,
  }),
  haproxy_backend_http_responses_total: counter('1', 'HTTP responses of the servers by status class.', {
    labels: { ...PROXY, ...CODE },
  }),
  haproxy_backend_connection_errors_total: counter('1', 'Failed connections to servers.', { labels: PROXY }),
  haproxy_backend_response_errors_total: counter('1', 'Invalid responses of servers.', {
    labels: PROXY,
  }),
  haproxy_backend_retry_warnings_total: counter('1', 'Retried connections to servers.', { labels: PROXY }),
  haproxy_backend_redispatch_warnings_total: counter('1', 'Requests redispatched to another server.', {
    labels: PROXY,
  }),
  haproxy_backend_response_time_average_seconds: gauge('seconds', 'Average response time of the last 1024 requests.', {
    labels: PROXY,
  }),
  haproxy_server_status: gauge('1', 'State of a server: 1 for the current state.', {
    labels: { ...SERVER, state: ['UP', 'DOWN', 'MAINT', 'DRAIN', 'NOLB'] },
  }),
  haproxy_server_current_sessions: gauge('1', 'Open sessions.', { labels: SERVER }),
  haproxy_server_connection_attempts_total: counter('1', 'Connection attempts to the server.', { labels: SERVER }),
  haproxy_server_bytes_in_total: counter('bytes', 'Bytes sent to the server.', { labels: SERVER, naming: 'upstream' }),
  haproxy_server_bytes_out_total: counter('bytes', 'Bytes received from the server.', {
    labels: SERVER,
    naming: 'upstream',
  }),
  haproxy_server_internal_errors_total: counter('1', 'Requests failed with an internal error.', {
    labels: SERVER,
  }),
  haproxy_server_queue_time_average_seconds: gauge('seconds', 'Average queue time of the last 1024 connections.', {
    labels: SERVER,
  }),
  haproxy_server_connect_time_average_seconds: gauge('seconds', 'Average connect time of the last 1024 connections.', {
    labels: SERVER,
  }),
  haproxy_server_total_time_average_seconds: gauge('seconds', 'Average total time of the last 1024 sessions.', {
    labels: SERVER,
  }),
  haproxy_server_http_responses_total: counter('1', 'HTTP responses of the server by status class.', {
    labels: { ...SERVER, ...CODE },
  }),
  haproxy_server_connection_errors_total: counter('1', 'Failed connections to the server.', { labels: SERVER }),
  haproxy_server_response_errors_total: counter('1', 'Invalid responses of the server.', { labels: SERVER }),
  haproxy_server_response_time_average_seconds: gauge('seconds', 'Average response time of the last 1024 requests.', {
    labels: SERVER,
  }),
  haproxy_server_check_failures_total: counter('1', 'Failed health checks while the server was up.', {
    labels: SERVER,
  }),
  haproxy_server_check_up_down_total: counter('1', 'Transitions of the server to DOWN.', { labels: SERVER }),
  haproxy_server_downtime_seconds_total: counter('seconds', 'Total downtime of the server.', { labels: SERVER }),
} as const;
