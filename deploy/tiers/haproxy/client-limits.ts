import { CLIENT_LIMITS } from '../../model/request-limits.ts';

/**
 * How HAProxy counts what one client address does. Four tables follow its requests: a connection is in `client-connections` while it is
 * open; a request is in `client-requests` from its last header on, in `client-bodies` from the last byte of its body on, and in
 * `client-responses` from the first byte of its response on, each until its response is sent. So
 * `connections - bodies + responses` are those that wait for the client: the rest wait for the server.
 */
const TABLES = {
  connections: { name: 'client-connections', counter: 0, rate: 'conn_rate' },
  requests: { name: 'client-requests', counter: 1, rate: 'http_req_rate' },
  bodies: { name: 'client-bodies', counter: 2, rate: undefined },
  responses: { name: 'client-responses', counter: 3, rate: undefined },
} as const;

/** How many counters a request may be followed by; HAProxy's own default is three. */
export const STICK_COUNTERS = 5;
/** The counter of a load balancer that is not about clients. */
export const ATTEMPTS_COUNTER = 4;

/** Clients that are remembered, at about 200 bytes in all tables. The oldest are forgotten first. */
const CLIENTS = 50_000;

/** Of so many refused requests one has a line; all are counted (`haproxy_frontend_requests_denied_total`). */
const REFUSALS_PER_LINE = 100;

const { windowMs, withoutProgress, inProgress, keepAlive } = CLIENT_LIMITS;
const MOST_CONNECTIONS = (CLIENT_LIMITS.connectionsPerSecond * windowMs) / 1_000;
const MOST_REQUESTS = (CLIENT_LIMITS.requestsPerSecond * windowMs) / 1_000;

/** Whether limits are in force: a process-wide variable that tests set to `off`, to show that the guarantees see it. */
export const LIMITS_SWITCH = 'proc.client_limits';
const LIMITED = `{ var(${LIMITS_SWITCH}) -m str on }`;

/** The line of the `global` section that puts limits in force. */
export const LIMITS_ON = `    set-var ${LIMITS_SWITCH} str(on)`;

/** The sections that hold the tables. `peers`: the section whose members share the rates, so that they outlive a failover. */
export function renderClientTables(peers?: string): string {
  return Object.values(TABLES)
    .map(({ name, rate }) => {
      const stored = ['conn_cur', ...(rate === undefined ? [] : [`${rate}(${windowMs}ms)`])].join(',');
      const shared = peers === undefined || rate === undefined ? '' : ` peers ${peers}`;
      return `backend ${name}\n    stick-table type ipv6 size ${CLIENTS} expire ${6 * windowMs}ms store ${stored}${shared}\n`;
    })
    .join('\n');
}

/** A number of a client, as a sample expression. `client`: an expression that gives its address. */
const current = (client: string, table: keyof typeof TABLES): string =>
  `${client},table_conn_cur(${TABLES[table].name})`;

/**
 * Refuses connections of a client that has too many without progress, or opens too many per second, before anything is read from it, TLS
 * included. The connections of the stack's own proxies carry requests of many clients, and are limited by those.
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
    // Counted before this one is: what is refused does not keep a client refused.
    `    tcp-request connection reject if ${LIMITED} !${isProxy} { src_conn_rate(${connections.name}) ge ${MOST_CONNECTIONS} }`,
    `    tcp-request connection track-sc${connections.counter} src table ${connections.name} unless ${isProxy}`,
  ];
}

/** Counts a request whose headers are complete, and refuses it where its client has sent too many. `client`: a variable with its address. */
export function limitRequests(client: string): readonly string[] {
  const { requests } = TABLES;
  return [
    `    http-request set-var(txn.bodies) ${current(client, 'bodies')}`,
    `    http-request set-var(txn.responses) ${current(client, 'responses')}`,
    `    http-request set-var(txn.limited) bool(true) if ${LIMITED} { ${current(client, 'requests')},sub(txn.bodies),add(txn.responses) -m int ge ${withoutProgress} }`,
    `    http-request set-var(txn.limited) bool(true) if ${LIMITED} { ${current(client, 'requests')} ge ${inProgress} }`,
    `    http-request set-var(txn.limited) bool(true) if ${LIMITED} { ${client},table_http_req_rate(${requests.name}) ge ${MOST_REQUESTS} }`,
    // A client that is refused thousands of times per second must not fill the logs, nor keep the monitors busy.
    `    http-request set-log-level silent if { var(txn.limited) -m bool } { rand(${REFUSALS_PER_LINE}) gt 0 }`,
    '    http-request deny deny_status 429 if { var(txn.limited) -m bool }',
    `    http-request track-sc${requests.counter} ${client} table ${requests.name}`,
  ];
}

/** Counts a request that has arrived completely. */
export function countBody(client: string): string {
  return `    http-request track-sc${TABLES.bodies.counter} ${client} table ${TABLES.bodies.name}`;
}

/** Counts a response that is on its way, and closes the connection after it where its client keeps many. */
export function limitResponses(client: string, isProxy: string): readonly string[] {
  return [
    `    http-response track-sc${TABLES.responses.counter} ${client} table ${TABLES.responses.name}`,
    // What a refused client has sent ahead on this connection is not answered request by request.
    `    http-after-response set-header Connection close if !${isProxy} { var(txn.limited) -m bool }`,
    `    http-after-response set-header Connection close if !${isProxy} { ${current('src', 'connections')},sub(txn.bodies) -m int ge ${keepAlive} }`,
  ];
}
