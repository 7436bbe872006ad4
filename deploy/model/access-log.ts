/**
 * The compact line that Nginx and HAProxy send to both monitors for each request, as one datagram: a mark with the version of the format, then
 * fields with `|` between them. Nothing that a client wrote is in it but a trace id whose form was checked, so it is short, carries no
 * personal data, and needs no quoting.
 */
export const FIELD_SEPARATOR = '|';

export const NGINX_MARK = 'N1';
/** Fields in their order, with what Nginx calls them; `$route`, `$method` and `$trace_id` are maps of its configuration. */
export const NGINX_FIELDS = {
  route: '$route',
  method: '$method',
  status: '$status',
  /** Seconds. */
  duration: '$request_time',
  bytes: '$bytes_sent',
  /** One per try, with `, ` between them, `-` for a try that was not answered; `-` alone where nobody was asked. */
  upstreamStatus: '$upstream_status',
  upstreamDuration: '$upstream_response_time',
  traceId: '$trace_id',
} as const;

export const HAPROXY_MARK = 'H1';
/** Fields in their order, with what HAProxy calls them. */
export const HAPROXY_FIELDS = {
  process: '%pid',
  /** How many lines the frontend wrote before this one: what is missing in the sequence was lost. */
  sequence: '%lc',
  proxy: '%f',
  backend: '%b',
  server: '%s',
  status: '%ST',
  /** Who ended the request and when, two letters; `--` is as it should be. */
  termination: '%ts',
  /** Milliseconds. */
  duration: '%Ta',
  /** {@link CHECK}, {@link FORWARDED} or `-`: a request of a client that came directly. */
  kind: '%[var(txn.kind)]',
  traceId: '%[var(txn.trace_id)]',
} as const;

/** The frontends whose requests have lines, and where they send them; a test compares them with HAProxy's configuration. */
export const LOGGED_FRONTENDS = ['http', 'https', 'app-pool', 'edge'] as const;
export const LOGGED_BACKENDS = ['web', 'app-pool', 'varnish'] as const;

/** The kind of a line that tells of a health check, which is nobody's request. */
export const CHECK = 'check';
/** The kind of a line about a request that came through a proxy of the stack, which has a line of its own about it. */
export const FORWARDED = 'forwarded';
/** What HAProxy calls the server of a request that went to none. */
export const NO_SERVER = '<NOSRV>';

/** The line as a server's log format writes it. */
export function compactFormat(mark: string, fields: Readonly<Record<string, string>>): string {
  return [mark, ...Object.values(fields)].join(FIELD_SEPARATOR);
}

/**
 * HAProxy 3.0 has one format for all targets of a frontend, so what it prints and what it sends is the same line. The compact part comes
 * first, and the datagram is cut after this many bytes: longer than the compact part can get, shorter than what would tell of clients
 * for nothing. What begins it:
 */
export const HAPROXY_PREFIX = '{"line":"';
export const HAPROXY_DATAGRAM_BYTES = 200;

/**
 * How much the logbook keeps of a whole line: more than a stack trace of the application takes, or the 1,024 bytes that HAProxy notes of an address,
 * which escaping may double. Who cuts lines itself sends one byte more, so that a cut line is known as one.
 */
export const LOGBOOK_LINE_BYTES = 4_096;
