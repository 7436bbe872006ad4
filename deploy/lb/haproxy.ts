import {
  CHECK,
  compactFormat,
  HAPROXY_DATAGRAM_BYTES,
  HAPROXY_FIELDS,
  HAPROXY_MARK,
  HAPROXY_PREFIX,
  LOGBOOK_LINE_BYTES,
} from '../access-log.ts';
import type { Profile } from '../profile.ts';
import { responseTimeoutMs, type ResponseHop } from '../response-timeout.ts';
import { addressOn, hostsOf, PORTS, slotsOf, type Host, type RouteName, type Topology } from '../topology.ts';
import { bindsOf } from './binds.ts';
import { renderCacheRoute, renderDatabaseRoute } from './tcp-routes.ts';
import { utcOf } from './utc-of.ts';

/** Requests that one host of a pool works on at a time; a stalled database must fill it with waiting writes, not with errors. */
const REQUESTS_PER_HOST = 512;
/** How long a request may wait for a free place before it is refused: overload turns into latency first, then into errors. */
const QUEUE_MS = 2_000;
/** How much of the id that a client gives its request is in lines: the rest of a line must not depend on it. */
const REQUEST_ID_BYTES = 128;
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
          ...CONTEXT_FOR_ALL,
          ...QUIET_CHECKS,
        ];
  return [
    [
      `frontend ${name}`,
      ...binds,
      '    option idle-close-on-response',
      ...renderHttpLog(topology),
      ...TRACED,
      ...forwarded,
      '    http-request set-header X-Request-ID %[uuid()] unless { req.hdr(X-Request-ID) -m found }',
      `    http-request set-var(txn.id) req.hdr(X-Request-ID),bytes(0,${REQUEST_ID_BYTES})`,
      '    http-request set-var(txn.trace_id) req.hdr(traceparent),field(2,-) if one_context whole_context',
      // What was sent once may be sent again only if the application can tell that it is the same.
      '    http-request disable-l7-retry if !{ method GET HEAD OPTIONS } !{ req.hdr(Idempotency-Key) -m found }',
      // The application names it itself; also where it was not asked, whoever got the answer can name it.
      '    http-after-response set-header x-trace-id %[var(txn.trace_id)] if { var(txn.trace_id) -m found } !{ res.hdr(x-trace-id) -m found } !{ var(txn.kind) -m found }',
      `    default_backend ${name === 'app-pool' ? 'app-pool' : 'web'}`,
      '',
    ].join('\n'),
  ];
}

/** Exactly one trace context, and one that the W3C recommendation allows: a known form, no id of zeros, not the forbidden version. */
const TRACED = [
  '    acl one_context req.fhdr_cnt(traceparent) eq 1',
  '    acl whole_context req.fhdr(traceparent) -m reg ^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$',
];

/**
 * A request without one gets a context here, so that every line and span of it carries the same id from here on. The flags say 00: nobody has
 * recorded anything of this trace yet, which is true, and no refusal. Whether it is kept is decided where its outcome is known,
 * by the application: it keeps what failed or was slow, and a share of the rest by the trace id. A context that
 * a client brought stays as it is.
 */
const CONTEXT_FOR_ALL = [
  '    http-request del-header tracestate unless one_context whole_context',
  '    http-request set-header traceparent 00-%[uuid(),regsub(-,,g)]-%[uuid(),bytes(19,17),regsub(-,,)]-00 unless one_context whole_context',
];

/** The edges ask through here whether the site is there: no requests, and worth a line only when the answer is no. */
const QUIET_CHECKS = [
  `    http-request set-var(txn.kind) str(${CHECK}) if { path /healthz }`,
  `    http-response set-log-level silent if { var(txn.kind) -m str ${CHECK} } { status lt 500 }`,
];

/**
 * One line per request for the monitors, and whole for the logbook beside the traces, a datagram each, which is dropped where nobody takes it;
 * printed is only what went wrong, which `log-separate-errors` raises above the level of the rest.
 */
function renderHttpLog(topology: Topology): readonly string[] {
  const format =
    `${HAPROXY_PREFIX}${compactFormat(HAPROXY_MARK, HAPROXY_FIELDS)}",` +
    `"at":"${utcOf('request_date')}","route":"%ft","server":"%b/%s","client":"%ci:%cp","status":%ST,"ended":"%tsc",` +
    '"ms":{"request":%TR,"queue":%Tw,"connect":%Tc,"response":%Tr,"all":%Ta},"retries":"%rc",' +
    // What is longer than a target takes loses its end, where the client's own words are.
    '"trace_id":"%[var(txn.trace_id)]","request":"%HM %[capture.req.uri,json(utf8s)]","id":"%[var(txn.id),json(utf8s)]"}';
  return [
    '    no option dontlog-normal',
    '    option log-separate-errors',
    ...hostsOf(topology, 'monitor').map(
      (monitor) =>
        `    log ${addressOn(monitor, 'ops')}:${PORTS.accessLogs} len ${HAPROXY_DATAGRAM_BYTES} format raw local0 info`,
    ),
    ...hostsOf(topology, 'trace').map(
      (trace) =>
        `    log ${addressOn(trace, 'ops')}:${PORTS.logbook} len ${LOGBOOK_LINE_BYTES + 1} format raw local0 info`,
    ),
    `    log-format '${format}'`,
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
    // Who leaves in order says so with 404: nothing new is sent to it, and what is under way there is not cut.
    '    http-check disable-on-404',
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
