import { CLIENT_LIMITS } from '../../model/request-limits.ts';

/**
 * Stick tables that count per client address. A connection is in `client-connections` while it is open. A request is in `client-requests` from
 * its last header on, and in `client-bodies` from the last byte of its body on. It is in `client-responses` from the first byte of its response on.
 * It leaves all three when its response is sent. So `connections - bodies + responses` is the number that wait for the client; the others wait for the
 * server.
 */
const TABLES = {
  connections: { name: 'client-connections', counter: 0, rate: 'conn_rate' },
  requests: { name: 'client-requests', counter: 1, rate: 'http_req_rate' },
  bodies: { name: 'client-bodies', counter: 2, rate: undefined },
  responses: { name: 'client-responses', counter: 3, rate: undefined },
} as const;

/** Number of stick counters per request; HAProxy's default is three. */
export const STICK_COUNTERS = 5;
/** Stick counter of a load balancer for attempts per request instead of clients. */
export const ATTEMPTS_COUNTER = 4;

/** Maximum number of clients in a table, about 200 bytes each in all tables together. The oldest are evicted first. */
const CLIENTS = 50_000;

/** One of this many rejected requests is logged; all are counted (`haproxy_frontend_requests_denied_total`). */
const REFUSALS_PER_LINE = 100;

const { windowMs, withoutProgress, inProgress, keepAlive } = CLIENT_LIMITS;
const MAX_CONNECTIONS_PER_WINDOW = (CLIENT_LIMITS.connectionsPerSecond * windowMs) / 1_000;
const MAX_REQUESTS_PER_WINDOW = (CLIENT_LIMITS.requestsPerSecond * windowMs) / 1_000;

/** Process-wide variable that enables the limits. Tests set it to `off` to show that the guarantees detect it. */
export const LIMITS_SWITCH = 'proc.client_limits';
const LIMITED = `{ var(${LIMITS_SWITCH}) -m str on }`;

/** The line of the `global` section that enables the limits. */
export const LIMITS_ON = `    set-var ${LIMITS_SWITCH} str(on)`;

/** The sections with the tables. `peers`: the section whose members share the rates, so that they survive a failover. */
export function renderClientTables(peers?: string): string {
  return Object.values(TABLES)
    .map(({ name, rate }) => {
      const stored = ['conn_cur', ...(rate === undefined ? [] : [`${rate}(${windowMs}ms)`])].join(',');
      const shared = peers === undefined || rate === undefined ? '' : ` peers ${peers}`;
      return `backend ${name}\n    stick-table type ipv6 size ${CLIENTS} expire ${6 * windowMs}ms store ${stored}${shared}\n`;
    })
    .join('\n');
}

/** Sample expression for a client's current count in a table. `client`: an expression with its address. */
const current = (client: string, table: keyof typeof TABLES): string =>
  `${client},table_conn_cur(${TABLES[table].name})`;

/**
 * Rejects connections of a client that has too many without progress or opens too many per second, before reading any data, even for TLS.
 * Connections of the stack's own proxies are exempt, because they carry requests of many clients, which are limited individually.
 */
export function limitConnections(isProxy: string): readonly string[] {
  const { connections } = TABLES;
  return [
    `    tcp-request connection set-var(sess.bodies) ${current('src', 'bodies')} unless ${isProxy}`,
    `    tcp-request connection set-var(sess.responses) ${current('src', 'responses')} unless ${isProxy}`,
    ...(['connections', 'requests'] as const).map(
      (table) =>
        `    tcp-request connection reject if ${LIMITED} !${isProxy} { ${current('src', table)},sub(sess.bodies),add(sess.responses) -m int ge ${withoutProgress} }`,
    ),
    // Checked before this connection is counted, so that rejected connections do not keep a client blocked.
    `    tcp-request connection reject if ${LIMITED} !${isProxy} { src_conn_rate(${connections.name}) ge ${MAX_CONNECTIONS_PER_WINDOW} }`,
    `    tcp-request connection track-sc${connections.counter} src table ${connections.name} unless ${isProxy}`,
  ];
}

/** Counts a request with complete headers, and rejects it if its client exceeds a limit. `client`: a variable with its address. */
export function limitRequests(client: string): readonly string[] {
  const { requests } = TABLES;
  return [
    `    http-request set-var(txn.bodies) ${current(client, 'bodies')}`,
    `    http-request set-var(txn.responses) ${current(client, 'responses')}`,
    `    http-request set-var(txn.limited) bool(true) if ${LIMITED} { ${current(client, 'requests')},sub(txn.bodies),add(txn.responses) -m int ge ${withoutProgress} }`,
    `    http-request set-var(txn.limited) bool(true) if ${LIMITED} { ${current(client, 'requests')} ge ${inProgress} }`,
    `    http-request set-var(txn.limited) bool(true) if ${LIMITED} { ${client},table_http_req_rate(${requests.name}) ge ${MAX_REQUESTS_PER_WINDOW} }`,
    // A client that is rejected thousands of times per second must not fill the logs or load the monitors.
    `    http-request set-log-level silent if { var(txn.limited) -m bool } { rand(${REFUSALS_PER_LINE}) gt 0 }`,
    '    http-request deny deny_status 429 if { var(txn.limited) -m bool }',
    `    http-request track-sc${requests.counter} ${client} table ${requests.name}`,
  ];
}

/** Counts a request with a complete body. */
export function countBody(client: string): string {
  return `    http-request track-sc${TABLES.bodies.counter} ${client} table ${TABLES.bodies.name}`;
}

/** Counts a response in transmission, and closes the connection after it if its client has many. */
export function limitResponses(client: string, isProxy: string): readonly string[] {
  return [
    `    http-response track-sc${TABLES.responses.counter} ${client} table ${TABLES.responses.name}`,
    // Closes the connection of a rejected client, so that its pipelined requests need no response.
    `    http-after-response set-header Connection close if !${isProxy} { var(txn.limited) -m bool }`,
    `    http-after-response set-header Connection close if !${isProxy} { ${current('src', 'connections')},sub(txn.bodies) -m int ge ${keepAlive} }`,
  ];
}
