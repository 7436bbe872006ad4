import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { ANSWERED, IS_OWN_RESPONSE } from '../haproxy/own-response.ts';
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

/** Requests that one host of a pool works on at a time; a stalled database must fill it with waiting writes, not with errors. */
const REQUESTS_PER_HOST = 512;
/** Connections of all routes together; a route of the database has one per connection of an application's pools. */
const MAX_CONNECTIONS = 8_192;
/** The load balancers tell each other how often clients came and requests were tried, so that a failover forgets neither. */
const PEERS = 'load-balancers';
/** How often one request of a client may reach an application host, whichever hops try again: once, and once more. */
const MAX_ATTEMPTS = 2;
/** Requests that are remembered for it, for longer than any of them may take. */
const COUNTED_REQUESTS = 100_000;
const COUNTED_SECONDS = 30;

/** The configuration of HAProxy on one load balancer. `topology` says routes, pools and times, `host` the own addresses. */
export function renderHaproxy(topology: Topology, host: Host): string {
  return [
    renderGlobal(MAX_CONNECTIONS, [
      // The database role agent tells changes here. Its folder lets in that agent only, which may do here whatever an admin may:
      // HAProxy knows no lower level that can change a server.
      '    stats socket /run/haproxy-roles/socket mode 666 level admin',
      '    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets',
      `    localpeer ${host.name}`,
    ]),
    renderDefaults(topology.profile),
    renderPeers(topology),
    renderClientTables(PEERS),
    renderAlive(),
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

/** Answers whether this process works at all: the watcher on the same host asks it (agents/lb-state). */
function renderAlive(): string {
  return `frontend alive
    bind unix@/run/haproxy-alive/socket mode 666
    timeout client 1h
    timeout http-keep-alive 1h
    no log
    http-request return status 200
`;
}

type HttpRoute = Extract<RouteName, 'http' | 'https' | 'app-pool'>;

/** A route that clients reach, directly or through an edge. */
function renderEntry(topology: Topology, host: Host, name: 'http' | 'https'): string {
  const tls = name === 'https' ? ' ssl crt /run/holdfast/secrets/lb-tls alpn h2,http/1.1' : '';
  const proxies = hostsOf(topology, 'edge').map((edge) => addressOn(edge, 'front'));
  return [
    `frontend ${name}`,
    ...bindsOf(topology, host, name).map((bind) => `    bind ${bind}${tls}`),
    '    option idle-close-on-response',
    ...renderHttpLog(topology),
    ...renderFirstHop(topology, { proxies, scheme: name, checkPath: '/healthz' }),
    REPEATABLE,
    '    default_backend web',
    '',
  ].join('\n');
}

/** What was sent once may be sent again only if the application can tell that it is the same. */
const REPEATABLE =
  '    http-request disable-l7-retry if !{ method GET HEAD OPTIONS } !{ req.hdr(Idempotency-Key) -m found }';

/** The application's route, behind the web tier, where headers are already as they should be. */
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
    ...ANSWERED,
    `    http-after-response sc-inc-gpc1(${ATTEMPTS_COUNTER}) if ${IS_OWN_RESPONSE} { status 500 503 }`,
    `    http-after-response set-status 502 reason "Bad Gateway" if ${IS_OWN_RESPONSE} { status 500 }`,
    '    default_backend app-pool',
    '',
  ].join('\n');
}

/**
 * How often each client request came to the application's route, by the trace that its first hop gave it. Edge, load balancer and Nginx each
 * try again what they got no answer to, and none knows of the others' tries: this is where they meet. Those that HAProxy itself answered with 503, or with 500
 * where a server was marked down while it was connecting, have reached no host: the second counter takes them off the first.
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

/** A pool of HTTP servers. Spares have a slot in maintenance; scaling sets it ready when the host answers. */
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
    // Who leaves in order says so with 404: nothing new is sent to it, and what is under way there is not cut.
    '    http-check disable-on-404',
    // What came back with an error of the application is its answer. A request that got none is tried again by the entries alone (502); here
    // only connections are that could not be made, by which nothing has reached a host.
    ...(pool === 'web'
      ? ['    retries 2', '    retry-on conn-failure empty-response junk-response 502']
      : ['    retries 2', '    retry-on conn-failure']),
    `    timeout server ${responseTimeoutMs(topology.profile, hop)}ms`,
    `    default-server check inter ${check.intervalMs}ms fastinter ${check.fastIntervalMs}ms fall ${check.fall} rise ${check.rise} slowstart ${check.slowStartMs}ms`,
    // Requests that wait on a host found dead are cut loose at once and, where that is safe, tried on another.
    `    default-server maxconn ${REQUESTS_PER_HOST} observe layer4 error-limit 2 on-error fail-check on-marked-down shutdown-sessions`,
    ...servers,
    '',
  ].join('\n');
}
