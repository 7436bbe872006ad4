import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { MARK_SERVER_RESPONSE, IS_OWN_RESPONSE } from '../haproxy/own-response.ts';
import { ATTEMPTS_COUNTER, renderClientTables } from '../haproxy/client-limits.ts';
import { returnPage } from '../haproxy/error-pages.ts';
import { renderFirstHop } from '../haproxy/first-hop.ts';
import { renderHttpLog } from '../haproxy/http-log.ts';
import { QUEUE_MS, renderGlobal, renderStats, REQUEST_ID_BYTES } from '../haproxy/process.ts';
import type { Profile } from '../../model/profile.ts';
import { responseTimeoutMs, type ResponseHop } from '../../model/response-timeout.ts';
import { SITE_HOST } from '../../model/site.ts';
import { addressOn, hostsOf, PORTS, slotsOf, type Host, type RouteName, type Topology } from '../../model/topology.ts';
import { bindsOf } from './binds.ts';
import { renderCacheRoute, renderDatabaseRoute } from './tcp-routes.ts';

/** Maximum number of concurrent requests per host of a pool. During a stall of the database, writes must wait instead of failing. */
const REQUESTS_PER_HOST = 512;
/** Connections of all routes together; a database route has one per connection of the applications' pools. */
const MAX_CONNECTIONS = 8_192;
/** The load balancers synchronize client rates and request attempts, so that both survive a failover. */
const PEERS = 'load-balancers';
/** Maximum number of attempts of one client request that may reach an application host, over the retries of all hops. */
const MAX_ATTEMPTS = 2;
/** Number of requests in the attempts table, and their expiry, which is longer than any request may take. */
const COUNTED_REQUESTS = 100_000;
const COUNTED_SECONDS = 30;

/** The configuration of HAProxy on one load balancer. */
export function renderHaproxy(topology: Topology, host: Host): string {
  return [
    renderGlobal(MAX_CONNECTIONS, [
      // The database role agent pushes routing changes to this socket. The folder's permissions admit only the agent. It needs the level `admin`,
      // because HAProxy has no lower level that can change a server.
      '    stats socket /run/haproxy-roles/socket mode 666 level admin',
      '    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets',
      `    localpeer ${host.name}`,
      // Written by the script `reload` and removed after the reload.
      '    server-state-file /run/haproxy/servers.state',
    ]),
    renderDefaults(topology.profile),
    renderPeers(topology),
    renderClientTables(PEERS),
    renderLiveness(),
    renderStats(host),
    renderEntry(topology, host, 'http'),
    renderEntry(topology, host, 'https'),
    renderHttpPool(topology, { pool: 'web', route: 'http', checkPath: '/healthz', hop: 'origin' }),
    renderAttempts(),
    renderAppRoute(topology, host),
    renderHttpPool(topology, { pool: 'app-pool', route: 'app-pool', checkPath: '/readyz', hop: 'app-pool' }),
    renderDatabaseRoute(topology, host, 'db-write'),
    renderDatabaseRoute(topology, host, 'db-read'),
    renderCacheRoute(topology, host),
  ].join('\n');
}

function renderDefaults(profile: Profile): string {
  const { client } = profile;
  return `defaults
    log global
    load-server-state-from-file global
    mode http
    option dontlog-normal
    option dontlognull
    option http-keep-alive
    option redispatch 1
    retries 3
    timeout connect ${client.connectMs}ms
    timeout client ${client.idleMs}ms
    timeout server ${client.idleMs}ms
    timeout http-request ${REQUEST_LIMITS.arrivalMs}ms
    timeout http-keep-alive ${client.idleMs}ms
    timeout queue ${QUEUE_MS}ms
    timeout check ${profile.check.timeoutMs}ms
    timeout client-fin 2s
    timeout server-fin 5s
`;
}

/** Liveness endpoint of this process, for agents/lb-state on the same host. */
function renderLiveness(): string {
  return `frontend alive
    bind unix@/run/haproxy-alive/socket mode 666
    timeout client 1h
    timeout http-keep-alive 1h
    no log
    http-request return status 200
`;
}

type HttpRoute = Extract<RouteName, 'http' | 'https' | 'app-pool'>;

/** A client-facing route, reached directly or through an edge. */
function renderEntry(topology: Topology, host: Host, name: 'http' | 'https'): string {
  const tls = name === 'https' ? ' ssl crt /run/holdfast/secrets/lb-tls alpn h2,http/1.1' : '';
  const proxies = hostsOf(topology, 'edge').map((edge) => addressOn(edge, 'front'));
  return [
    `frontend ${name}`,
    ...bindsOf(topology, host, name).map((bind) => `    bind ${bind}${tls}`),
    '    option idle-close-on-response',
    ...renderHttpLog(topology),
    ...renderFirstHop(topology, { proxies, scheme: name, checkPath: '/healthz' }),
    RETRY_ONLY_IDEMPOTENT,
    '    default_backend web',
    '',
  ].join('\n');
}

/** Only idempotent requests may be retried after they were sent: by method, or with an idempotency key. */
const RETRY_ONLY_IDEMPOTENT =
  '    http-request disable-l7-retry if !{ method GET HEAD OPTIONS } !{ req.hdr(Idempotency-Key) -m found }';

/** The application's route, behind the web tier. Its headers are already normalised. */
function renderAppRoute(topology: Topology, host: Host): string {
  return [
    'frontend app-pool',
    ...bindsOf(topology, host, 'app-pool').map((bind) => `    bind ${bind}`),
    '    option idle-close-on-response',
    ...renderHttpLog(topology),
    `    http-request set-var(txn.id) req.hdr(X-Request-ID),bytes(0,${REQUEST_ID_BYTES})`,
    '    http-request set-var(txn.trace_id) req.hdr(traceparent),field(2,-)',
    `    http-request track-sc${ATTEMPTS_COUNTER} var(txn.trace_id) table attempts if { var(txn.trace_id) -m found }`,
    `    http-request sc-inc-gpc0(${ATTEMPTS_COUNTER})`,
    `    http-request set-var(txn.unreached) sc_get_gpc1(${ATTEMPTS_COUNTER})`,
    `    http-request ${returnPage(503, { 'Retry-After': '1' })} if { sc_get_gpc0(${ATTEMPTS_COUNTER}),sub(txn.unreached) gt ${MAX_ATTEMPTS} }`,
    ...MARK_SERVER_RESPONSE,
    `    http-after-response sc-inc-gpc1(${ATTEMPTS_COUNTER}) if ${IS_OWN_RESPONSE} { status 500 503 }`,
    `    http-after-response set-status 502 reason "Bad Gateway" if ${IS_OWN_RESPONSE} { status 500 }`,
    '    default_backend app-pool',
    '',
  ].join('\n');
}

/**
 * Counts the attempts of each client request on the application's route, by trace ID. Edge, load balancer and Nginx each retry requests without a
 * response, and none knows the retries of the others, so only this route sees all of them. Attempts that reached no host are counted in a second
 * counter and subtracted: those for which HAProxy itself returned 503, or 500 because a server was marked down during the connect.
 */
function renderAttempts(): string {
  return `backend attempts
    stick-table type string len 32 size ${COUNTED_REQUESTS} expire ${COUNTED_SECONDS}s store gpc0,gpc1 peers ${PEERS}
`;
}

function renderPeers(topology: Topology): string {
  const peers = slotsOf(topology, 'lb').map(
    (lb) => `    peer ${lb.name} ${addressOn(lb, 'ops')}:${PORTS.haproxyPeers}`,
  );
  return [`peers ${PEERS}`, ...peers, ''].join('\n');
}

interface HttpPool {
  readonly pool: string;
  readonly route: HttpRoute;
  readonly checkPath: string;
  readonly hop: ResponseHop;
}

/** A pool of HTTP servers. Standby slots are in maintenance; scaling sets a slot ready when its host responds. */
function renderHttpPool(topology: Topology, { pool, route, checkPath, hop }: HttpPool): string {
  const { target } = topology.routes[route];
  const { check } = topology.profile;
  const servers = slotsOf(topology, target.tier).map(
    (host) =>
      `    server ${host.name} ${addressOn(host, target.network)}:${target.port}${host.enabled ? '' : ' disabled'}`,
  );
  return [
    `backend ${pool}`,
    '    balance leastconn',
    '    option httpchk',
    `    http-check send meth GET uri ${checkPath} ver HTTP/1.1 hdr Host ${SITE_HOST}`,
    '    http-check expect status 200',
    // A draining host responds with 404: it gets no new requests, and its requests in flight are not aborted.
    '    http-check disable-on-404',
    // An error response of the application is final. Only the entries retry a request without a response (502). This route retries only failed
    // connects, where the request has reached no host.
    ...(pool === 'web'
      ? ['    retries 2', '    retry-on conn-failure empty-response junk-response 502']
      : ['    retries 2', '    retry-on conn-failure']),
    `    timeout server ${responseTimeoutMs(topology.profile, hop)}ms`,
    `    default-server check inter ${check.intervalMs}ms fastinter ${check.fastIntervalMs}ms fall ${check.fall} rise ${check.rise} slowstart ${check.slowStartMs}ms`,
    // Requests in flight on a host that is marked down are aborted at once and, if safe, retried on another one.
    `    default-server maxconn ${REQUESTS_PER_HOST} observe layer4 error-limit 2 on-error fail-check on-marked-down shutdown-sessions`,
    ...servers,
    '',
  ].join('\n');
}
