/**
 * Nginx and HAProxy send one compact line per request to both monitors, as one datagram: a mark with the version of the format, then
 * fields separated by `|`. The only value from the client is a trace ID whose form was checked. So a line is short, contains no personal
 * data, and needs no quoting.
 */
export const FIELD_SEPARATOR = '|';

export const NGINX_MARK = 'N1';
/** Fields in order, with their Nginx variables; `$route`, `$method` and `$trace_id` are maps in its configuration. */
export const NGINX_FIELDS = {
  route: '$route',
  method: '$method',
  status: '$status',
  /** Seconds. */
  duration: '$request_time',
  bytes: '$bytes_sent',
  /** One per attempt, separated by `, `; `-` for an attempt without a response. A single `-`: no upstream was contacted. */
  upstreamStatus: '$upstream_status',
  upstreamDuration: '$upstream_response_time',
  traceId: '$trace_id',
} as const;

export const HAPROXY_MARK = 'H1';
/** Fields in order, with their HAProxy log format variables. */
export const HAPROXY_FIELDS = {
  process: '%pid',
  /** Number of lines that the frontend wrote before this one: a gap in the sequence is a lost line. */
  sequence: '%lc',
  proxy: '%f',
  backend: '%b',
  server: '%s',
  status: '%ST',
  /** HAProxy's termination state, two letters; `--`: the request completed normally. */
  termination: '%ts',
  /** Milliseconds. */
  duration: '%Ta',
  /** {@link CHECK}, {@link FORWARDED} or `-` (a request directly from a client). */
  kind: '%[var(txn.kind)]',
  traceId: '%[var(txn.trace_id)]',
} as const;

/** Frontends that send access-log lines, and the backends of their requests. A test compares both with HAProxy's configuration. */
export const LOGGED_FRONTENDS = ['http', 'https', 'app-pool', 'edge'] as const;
export const LOGGED_BACKENDS = ['web', 'app-pool', 'varnish'] as const;

/** The kind of a line about a health check. */
export const CHECK = 'check';
/** The kind of a line about a request from another proxy of the stack, which sends its own line about the same request. */
export const FORWARDED = 'forwarded';
/** HAProxy's server name for a request that it sent to no server. */
export const NO_SERVER = '<NOSRV>';

/** The log format of a compact line. */
export function compactFormat(mark: string, fields: Readonly<Record<string, string>>): string {
  return [mark, ...Object.values(fields)].join(FIELD_SEPARATOR);
}

/**
 * HAProxy 3.0 has one log format for all targets of a frontend, so the datagram contains the same line as the container log. The compact
 * part is first, after this prefix. HAProxy cuts the datagram after {@link HAPROXY_DATAGRAM_BYTES}: longer than any compact part, and
 * short enough to leave out most of the full line, which contains client data.
 */
export const HAPROXY_PREFIX = '{"line":"';
export const HAPROXY_DATAGRAM_BYTES = 200;

/**
 * Bytes of a whole line that the trace log store keeps. A stack trace of the application is shorter, and so are the 1,024 bytes that HAProxy logs of
 * a URL, which escaping may double. A program that cuts lines itself sends one more byte, so that the trace log store recognizes a cut line.
 */
export const TRACE_LOG_LINE_BYTES = 4_096;
