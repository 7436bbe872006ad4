import type { Profile } from '../profile.ts';
import { responseTimeoutMs, type ResponseHop } from '../response-timeout.ts';
import { addressOn, PORTS, slotsOf, type Host, type RouteName, type Topology } from '../topology.ts';
import { bindsOf } from './binds.ts';
import { renderCacheRoute, renderDatabaseRoute } from './tcp-routes.ts';

/** Requests that one host of a pool works on at a time; a stalled database must fill it with waiting writes, not with errors. */
const REQUESTS_PER_HOST = 512;
/** How long a request may wait for a free place before it is refused: overload turns into latency first, then into errors. */
const QUEUE_MS = 2_000;
/** A client gets this long to send its headers; slower ones only hold connections. */
const REQUEST_HEADERS_MS = 5_000;

/** The configuration of HAProxy on one load balancer. `topology` says routes, pools and times, `host` the own addresses. */
export function renderHaproxy(topology: Topology, host: Host): string {
  return [
    renderGlobal(),
    renderDefaults(topology.profile),
    renderAlive(),
    renderStats(host),
    ...renderHttpRoute(topology, host, 'http'),
    ...renderHttpRoute(topology, host, 'https'),
    renderHttpPool(topology, { pool: 'web', route: 'http', checkPath: '/healthz', hop: 'origin' }),
    ...renderHttpRoute(topology, host, 'app-pool'),
    renderHttpPool(topology, { pool: 'app-pool', route: 'app-pool', checkPath: '/readyz', hop: 'app-pool' }),
    renderDatabaseRoute(topology, host, 'db-write'),
    renderDatabaseRoute(topology, host, 'db-read'),
    renderCacheRoute(topology, host),
  ].join('\n');
}

function renderGlobal(): string {
  return `global
    log stdout format raw daemon notice
    maxconn 8192
    # The folder lets in HAProxy's user and root's group only.
    stats socket /run/haproxy/admin.sock mode 666 level admin
    # The database role agent tells changes here. Its folder lets in that agent only, which may do here whatever an admin may:
    # HAProxy knows no lower level that can change a server.
    stats socket /run/haproxy-roles/socket mode 666 level admin
    # A reload keeps old connections for a while, and closes idle ones spread over time instead of all at once.
    hard-stop-after 30s
    close-spread-time 3s
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
`;
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
    timeout http-request ${REQUEST_HEADERS_MS}ms
    timeout http-keep-alive ${client.idleMs}ms
    timeout queue ${QUEUE_MS}ms
    timeout check ${profile.check.timeoutMs}ms
    timeout client-fin 5s
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

function renderStats(host: Host): string {
  return `frontend stats
    bind ${addressOn(host, 'ops')}:${PORTS.haproxyStats}
    no log
    http-request use-service prometheus-exporter if { path /metrics }
    stats enable
    stats uri /
    stats refresh 5s
`;
}

type HttpRoute = Extract<RouteName, 'http' | 'https' | 'app-pool'>;

function renderHttpRoute(topology: Topology, host: Host, name: HttpRoute): readonly string[] {
  const tls = name === 'https' ? ' ssl crt /run/holdfast/secrets/lb-tls alpn h2,http/1.1' : '';
  const binds = bindsOf(topology, host, name).map((bind) => `    bind ${bind}${tls}`);
  // Behind the web tier the headers are already as they should be.
  const forwarded =
    name === 'app-pool'
      ? []
      : [
          '    option forwardfor',
          `    http-request set-header X-Forwarded-Proto ${name === 'https' ? 'https' : 'http'}`,
        ];
  const log =
    '{"at":%Ts.%ms,"route":"%ft","server":"%b/%s","client":"%ci:%cp","status":%ST,"ended":"%tsc",' +
    '"ms":{"request":%TR,"queue":%Tw,"connect":%Tc,"response":%Tr,"all":%Ta},"retries":"%rc",' +
    '"request":"%HM %[capture.req.uri,json(utf8s)]","id":"%[var(txn.id),json(utf8s)]","trace":"%[var(txn.trace),json(utf8s)]"}';
  return [
    [
      `frontend ${name}`,
      ...binds,
      '    option idle-close-on-response',
      `    log-format '${log}'`,
      ...forwarded,
      '    http-request set-header X-Request-ID %[uuid()] unless { req.hdr(X-Request-ID) -m found }',
      '    http-request set-var(txn.id) req.hdr(X-Request-ID)',
      '    http-request set-var(txn.trace) req.hdr(traceparent)',
      // What was sent once may be sent again only if the application can tell that it is the same.
      '    http-request disable-l7-retry if !{ method GET HEAD OPTIONS } !{ req.hdr(Idempotency-Key) -m found }',
      `    default_backend ${name === 'app-pool' ? 'app-pool' : 'web'}`,
      '',
    ].join('\n'),
  ];
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
    `    http-check send meth GET uri ${checkPath} ver HTTP/1.1 hdr Host ${pool}`,
    '    http-check expect status 200',
    // Answers of the application, errors too, are its own to give; only connections that gave none are tried again.
    `    retry-on conn-failure empty-response junk-response${pool === 'web' ? ' 502' : ''}`,
    `    timeout server ${responseTimeoutMs(topology.profile, hop)}ms`,
    `    default-server check inter ${check.intervalMs}ms fastinter ${check.fastIntervalMs}ms fall ${check.fall} rise ${check.rise} slowstart ${check.slowStartMs}ms`,
    // Requests that wait on a host found dead are cut loose at once and, where that is safe, tried on another.
    `    default-server maxconn ${REQUESTS_PER_HOST} observe layer4 error-limit 2 on-error fail-check on-marked-down shutdown-sessions`,
    ...servers,
    '',
  ].join('\n');
}
