import { renderClientTables } from '../haproxy/client-limits.ts';
import { renderErrorFiles, renderSecurityHeaders, returnPage } from '../haproxy/error-pages.ts';
import { renderFirstHop } from '../haproxy/first-hop.ts';
import { renderHttpLog } from '../haproxy/http-log.ts';
import { QUEUE_MS, renderGlobal, renderStats } from '../haproxy/process.ts';
import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { responseTimeoutMs } from '../../model/response-timeout.ts';
import { SITE_HOST } from '../../model/site.ts';
import { addressOn, dependenciesOf, dependencyAddress, PORTS, type Host, type Topology } from '../../model/topology.ts';
import { REQUESTS_IN_VARNISH } from '../../model/edge-threads.ts';

/** Socket of Varnish, whose only client is HAProxy on the same host. */
export const VARNISH_SOCKET = '/run/varnish/http';
/** Health check path of an edge. Varnish responds itself, so that a hung Varnish is detected. */
export const CHECK_PATH = '/.edge/healthz';

/**
 * Process-wide variable of a drained edge. It makes the health check fail while requests are still served, so that DNS or an upstream proxy selects another
 * edge. HAProxy forgets it when it restarts.
 */
export const DRAINING = 'proc.draining';

/** Interval of checks while Varnish is down. */
const RECHECK_INTERVAL_MS = 200;

/** Maximum number of client connections. Each uses at most two buffers, 64 KiB; idle ones use none. */
const MAX_CONNECTIONS = 4_096;

/** HAProxy of one edge: buffers whole requests, enforces limits per client, and forwards requests to Varnish over a few connections. */
export function renderEdgeHaproxy(topology: Topology, host: Host): string {
  const { profile } = topology;
  const addresses = [addressOn(host, 'front'), addressOn(host, 'publish'), '127.0.0.1'];
  return [
    renderGlobal(MAX_CONNECTIONS),
    `defaults
    log global
    mode http
    option dontlog-normal
    option dontlognull
    option http-keep-alive
    retries 1
    timeout connect ${profile.client.connectMs}ms
    timeout client ${REQUEST_LIMITS.stallMs}ms
    timeout server ${responseTimeoutMs(profile, 'edge')}ms
    timeout http-request ${REQUEST_LIMITS.arrivalMs}ms
    timeout http-keep-alive ${profile.client.idleMs}ms
    timeout queue ${QUEUE_MS}ms
    timeout client-fin 2s
    timeout server-fin 5s
`,
    renderClientTables(),
    renderStats(host),
    [
      'frontend edge',
      ...addresses.map((address) => `    bind ${address}:${PORTS.edge}`),
      '    option idle-close-on-response',
      ...renderHttpLog(topology),
      ...renderFirstHop(topology, {
        proxies: [],
        scheme: 'http',
        checkPath: CHECK_PATH,
      }),
      `    http-after-response set-header X-Served-By ${host.name}`,
      `    http-request return status 503 if { path ${CHECK_PATH} } { var(${DRAINING}) -m bool }`,
      `    use_backend varnish-alone if { path ${CHECK_PATH} }`,
      '    default_backend varnish',
      '',
    ].join('\n'),
    [
      '# Cache purges from the ops network; all other methods are rejected.',
      'frontend purge',
      `    bind ${addressOn(host, 'ops')}:${PORTS.edgePurge}`,
      ...renderErrorFiles(),
      `    http-request ${returnPage(405, { Allow: 'PURGE' })} unless { method PURGE }`,
      ...renderSecurityHeaders(),
      '    http-request set-uri %[pathq]',
      `    http-request set-header Host ${SITE_HOST}`,
      '    default_backend varnish-alone',
      '',
    ].join('\n'),
    renderVarnish(topology, host),
  ].join('\n');
}

/**
 * Varnish responds with 503 to a body with trailers, and HAProxy 3.0 cannot remove them. So requests without a Content-Length bypass Varnish and go
 * to the origin, which ignores trailers. Varnish would not have cached them anyway.
 */
function renderVarnish(topology: Topology, host: Host): string {
  const [origin] = dependenciesOf(topology, 'edge').map((dependency) => dependencyAddress(topology, dependency));
  if (origin === undefined) throw new Error('the topology has no dependency of the edges');
  const varnish = `unix@${VARNISH_SOCKET} maxconn ${REQUESTS_IN_VARNISH}`;
  return [
    'backend varnish',
    '    http-reuse always',
    '    # A restarting Varnish compiles its configuration for more than a second. Until it listens, requests bypass it.',
    '    option redispatch 1',
    '    # Idempotent requests in flight are retried too.',
    '    retry-on conn-failure empty-response',
    '    http-request disable-l7-retry if !{ method GET HEAD }',
    `    timeout server ${responseTimeoutMs(topology.profile, 'edge') + REQUEST_LIMITS.stallMs}ms`,
    '    acl has_length req.hdr(Content-Length) -m found',
    '    use-server origin if { req.hdr(Transfer-Encoding) -m found } || !has_length { method POST } || !has_length { req.body_len gt 0 }',
    // The first failed connection marks Varnish down, so frequent checks while it is up would not detect a failure sooner.
    `    server ${host.name} ${varnish} check inter ${topology.profile.monitoring.probeIntervalMs}ms fastinter ${RECHECK_INTERVAL_MS}ms downinter ${RECHECK_INTERVAL_MS}ms rise 1 observe layer4 error-limit 1 on-error mark-down`,
    // Weight 0: only requests selected by `use-server` go there.
    `    server origin ${origin.host}:${origin.port} weight 0 maxconn ${REQUESTS_IN_VARNISH}`,
    `    server past-varnish ${origin.host}:${origin.port} backup maxconn ${REQUESTS_IN_VARNISH}`,
    '',
    '# Health checks and purges: without a fallback to the origin.',
    'backend varnish-alone',
    '    http-reuse always',
    `    server ${host.name} ${varnish}`,
    '',
  ].join('\n');
}
