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

/** Where Varnish listens: its only client is the HAProxy of the same host. */
export const VARNISH_SOCKET = '/run/varnish/http';
/** Asked of an edge itself; the cache answers, so that a frozen one is seen. */
export const CHECK_PATH = '/.edge/healthz';

/** Between two looks whether a Varnish that was lost listens again. */
const LISTENS_AGAIN_MS = 200;

/** Connections of clients. Each takes at most two buffers, 64 KiB, and idle ones take none. */
const MAX_CONNECTIONS = 4_096;

/** The HAProxy of one edge: it takes requests whole, counts per client, and hands them to Varnish over a few connections. */
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
      `    use_backend varnish-alone if { path ${CHECK_PATH} }`,
      '    default_backend varnish',
      '',
    ].join('\n'),
    [
      '# Operators remove objects here: no other method passes.',
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
 * Varnish answers 503 to a body that ends with trailers, and HAProxy 3.0 cannot drop them. A request whose length nobody has said goes past it, to
 * the origin, which ignores trailers: Varnish would only have passed it on.
 */
function renderVarnish(topology: Topology, host: Host): string {
  const [origin] = dependenciesOf(topology, 'edge').map((dependency) => dependencyAddress(topology, dependency));
  if (origin === undefined) throw new Error('the edges depend on nothing');
  const varnish = `unix@${VARNISH_SOCKET} maxconn ${REQUESTS_IN_VARNISH}`;
  return [
    'backend varnish',
    '    http-reuse always',
    '    # A Varnish that is restarted compiles its configuration for more than a second: until it listens, requests go past it.',
    '    option redispatch 1',
    '    # What was under way is asked for again, too, where that is the same.',
    '    retry-on conn-failure empty-response',
    '    http-request disable-l7-retry if !{ method GET HEAD }',
    `    timeout server ${responseTimeoutMs(topology.profile, 'edge') + REQUEST_LIMITS.stallMs}ms`,
    '    acl has_length req.hdr(Content-Length) -m found',
    '    use-server origin if { req.hdr(Transfer-Encoding) -m found } || !has_length { method POST } || !has_length { req.body_len gt 0 }',
    // The first connection that fails says that it is gone. Looks while it is there would find nothing sooner.
    `    server ${host.name} ${varnish} check inter ${topology.profile.monitoring.probeIntervalMs}ms fastinter ${LISTENS_AGAIN_MS}ms downinter ${LISTENS_AGAIN_MS}ms rise 1 observe layer4 error-limit 1 on-error mark-down`,
    // No weight: nothing else goes there.
    `    server origin ${origin.host}:${origin.port} weight 0 maxconn ${REQUESTS_IN_VARNISH}`,
    `    server past-varnish ${origin.host}:${origin.port} backup maxconn ${REQUESTS_IN_VARNISH}`,
    '',
    '# What only Varnish can answer.',
    'backend varnish-alone',
    '    http-reuse always',
    `    server ${host.name} ${varnish}`,
    '',
  ].join('\n');
}
