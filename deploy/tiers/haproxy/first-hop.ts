import { CHECK, FORWARDED } from '../../model/access-log.ts';
import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { METHODS } from '../../model/route-classes.ts';
import { SITE_HOST, siteNames } from '../../model/site.ts';
import type { Topology } from '../../model/topology.ts';
import { countBody, limitConnections, limitRequests, limitResponses } from './client-limits.ts';
import { MARK_SERVER_RESPONSE, IS_OWN_RESPONSE } from './own-response.ts';
import { REQUEST_ID_BYTES } from './process.ts';
import { renderErrorFiles, renderSecurityHeaders, returnPage } from './error-pages.ts';

interface FirstHop {
  /** Addresses of the stack's proxies in front of this one. Their headers about the client are trusted. */
  readonly proxies: readonly string[];
  /** The scheme of direct clients. */
  readonly scheme: 'http' | 'https';
  /** The path of the stack's health checks of this entry. */
  readonly checkPath: string;
}

/** ACL: the request came from a proxy of the stack. The first line of {@link renderFirstHop} defines it. */
const IS_PROXY = 'from_proxy';
const CLIENT = 'var(txn.client)';

/** Known HTTP methods that this site does not support: 405. All others are unknown: 501 (RFC 9110, 9.1). */
const REFUSED_METHODS = ['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PURGE'] as const;

/** Client headers that are removed: only the stack sets them, or they are for one hop only. */
const DROPPED = [
  'Upgrade',
  'HTTP2-Settings',
  'Keep-Alive',
  'Proxy-Connection',
  'TE',
  'Forwarded',
  'X-Real-IP',
] as const;

/**
 * Lines of a client-facing frontend: client address, request validation, headers for the next hop, and trace context. A request from a proxy of
 * the stack passed the same lines there.
 */
export function renderFirstHop(topology: Topology, hop: FirstHop): readonly string[] {
  const { proxies, scheme, checkPath } = hop;
  return [
    `    acl ${IS_PROXY} ${proxies.length === 0 ? 'always_false' : `src ${proxies.join(' ')}`}`,
    ...limitConnections(IS_PROXY),
    `    timeout client ${REQUEST_LIMITS.stallMs}ms`,
    ...renderErrorFiles(),
    // Measured before this hop adds headers.
    '    http-request set-var(txn.headers) req.fhdr_cnt()',
    '    http-request set-var(txn.url_bytes) url,length',
    '    http-request set-var(txn.header_bytes) req.hdrs,length,add(txn.url_bytes)',
    `    http-request set-var(txn.client) src unless ${IS_PROXY}`,
    `    http-request set-var(txn.client) req.hdr_ip(X-Forwarded-For,-1) if ${IS_PROXY}`,
    `    http-request set-var(txn.kind) str(${FORWARDED}) if ${IS_PROXY}`,
    // Health checks are logged only if they fail.
    `    http-request set-var(txn.kind) str(${CHECK}) if { path ${checkPath} }`,
    `    http-response set-log-level silent if { var(txn.kind) -m str ${CHECK} } { status lt 500 }`,
    // Before the stack adds its own headers, which a client must not be able to remove.
    '    http-request lua.drop_hop_headers if { req.hdr(Connection) -m found }',
    ...startTrace(),
    '    http-request set-header X-Request-ID %[uuid()] unless { req.hdr(X-Request-ID) -m found }',
    `    http-request set-var(txn.id) req.hdr(X-Request-ID),bytes(0,${REQUEST_ID_BYTES})`,
    ...limitRequests(CLIENT),
    ...refuseMalformed(topology, scheme),
    `    http-request wait-for-body time ${REQUEST_LIMITS.arrivalMs}ms`,
    `    http-request ${returnPage(413)} if { req.body_len gt ${REQUEST_LIMITS.bodyBytes} }`,
    countBody(CLIENT),
    ...rewriteRequest(scheme),
    // Otherwise the rest of the body would have to be read before the next request.
    '    http-after-response set-header Connection close if { status 408 413 }',
    ...limitResponses(CLIENT, IS_PROXY),
    ...MARK_SERVER_RESPONSE,
    // HAProxy returns 500 if a server is marked down during a connect. Neither the request nor HAProxy is at fault, so it becomes 503.
    `    http-after-response set-status 503 reason "Service Unavailable" if ${IS_OWN_RESPONSE} { status 500 }`,
    ...renderSecurityHeaders(),
  ];
}

/**
 * Starts a new trace with random IDs. Sampling depends on the trace ID (deploy/tiers/app/telemetry), so clients must not choose it. A valid trace
 * context of the client is passed on in another header. The flags are 00: no span of this trace has been recorded yet.
 */
function startTrace(): readonly string[] {
  return [
    '    acl one_context req.fhdr_cnt(traceparent) eq 1',
    '    acl whole_context req.fhdr(traceparent) -m reg ^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$',
    `    http-request del-header x-client-traceparent unless ${IS_PROXY}`,
    `    http-request set-header x-client-traceparent %[req.fhdr(traceparent)] if !${IS_PROXY} one_context whole_context`,
    `    http-request del-header tracestate unless ${IS_PROXY}`,
    `    http-request del-header traceparent unless ${IS_PROXY}`,
    '    http-request set-header traceparent 00-%[uuid(),regsub(-,,g)]-%[uuid(),bytes(19,17),regsub(-,,)]-00 unless one_context whole_context',
    '    http-request set-var(txn.trace_id) req.hdr(traceparent),field(2,-)',
    '    http-after-response set-header x-trace-id %[var(txn.trace_id)] if { var(txn.trace_id) -m found } !{ res.hdr(x-trace-id) -m found }',
  ];
}

/** Format of `Host` (RFC 9110, 7.2): a name or an IPv4 address, or an IPv6 address in brackets, with an optional port. */
const HOST_FORM = '^([^\\\\[\\\\]:]+|\\\\[[0-9A-Fa-f:.]+\\\\])(:[0-9]*)?$';

function refuseMalformed(topology: Topology, scheme: FirstHop['scheme']): readonly string[] {
  const { headers, headerBytes, urlBytes, bodyBytes } = REQUEST_LIMITS;
  const refuse = (status: Parameters<typeof returnPage>[0], condition: string): string =>
    `    http-request ${returnPage(status, status === 405 ? { Allow: METHODS.join(', ') } : {})} if ${condition}`;
  return [
    // An HTTP/1 message with another major version is not supported (RFC 9110, 15.6.6).
    refuse(505, '{ fc_http_major 1 } !{ req.ver -m beg 1. }'),
    refuse(405, `{ method ${REFUSED_METHODS.join(' ')} }`),
    refuse(501, `!{ method ${METHODS.join(' ')} }`),
    refuse(400, `!{ req.fhdr_cnt(Host) eq 1 } || !{ req.fhdr(Host) -m reg ${HOST_FORM} }`),
    // Headers must not contain control characters except for tabs (RFC 9110, 5.5); the servers behind this one treat them differently.
    refuse(400, '{ req.hdrs -m reg [\\\\x01-\\\\x08\\\\x0b\\\\x0c\\\\x0e-\\\\x1f\\\\x7f] }'),
    // An absolute target with a user, with another scheme, or for another site (RFC 9110, 4.2.4 and 7.4).
    refuse(400, '{ url -m reg ^[^/?]*://[^/?]*@ }'),
    refuse(421, `{ url -m reg ^[^/?*]*:// } !{ url -m reg -i ^${scheme}:// }`),
    refuse(421, `!{ req.hdr(Host),lower,host_only -m str ${siteNames(topology).join(' ')} }`),
    refuse(414, `{ pathq,length gt ${urlBytes} }`),
    // A proxy of the stack has checked the limits before it added headers.
    refuse(
      431,
      `!${IS_PROXY} { var(txn.headers) -m int gt ${headers} } || !${IS_PROXY} { var(txn.header_bytes) -m int gt ${headerBytes} }`,
    ),
    refuse(413, `{ req.body_size gt ${bodyBytes} }`),
  ];
}

/** Rewrites the request for the next hop: one name of the site, a normalised path, the client's address, and no hop-by-hop headers. */
function rewriteRequest(scheme: FirstHop['scheme']): readonly string[] {
  return [
    ...DROPPED.map((name) => `    http-request del-header ${name}`),
    // HAProxy has sent 100 and has the body. Other expectations are unknown and may be ignored (RFC 9110, 10.1.1).
    '    http-request del-header Expect',
    // RFC 9110 (14.2) requires that an unknown unit is ignored, but Varnish returns 416.
    '    http-request del-header Range unless { req.fhdr(Range) -m beg -i bytes= }',
    '    http-request set-uri %[pathq]',
    `    http-request set-header Host ${SITE_HOST}`,
    `    http-request del-header X-Forwarded- -m beg unless ${IS_PROXY}`,
    `    http-request set-header X-Forwarded-For %[src] unless ${IS_PROXY}`,
    `    http-request set-header X-Forwarded-Proto ${scheme} unless ${IS_PROXY}`,
  ];
}
