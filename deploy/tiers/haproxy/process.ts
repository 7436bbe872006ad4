import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { addressOn, PORTS, type Host } from '../../model/topology.ts';
import { LIMITS_ON, STICK_COUNTERS } from './client-limits.ts';

/** Space in a buffer for HAProxy's metadata and added headers (`tune.maxrewrite`, 1 KiB), in addition to headers and body. */
const BUFFER_RESERVE = 4_096;

/** HAProxy's buffer size. The largest request fits, so that HAProxy can wait for the whole request before it connects to a server. */
const BUFFER_BYTES = REQUEST_LIMITS.headerBytes + REQUEST_LIMITS.bodyBytes + BUFFER_RESERVE;

/** Bytes of the request ID in log lines; a client may choose the ID. */
export const REQUEST_ID_BYTES = 128;

/** How long a request may queue for a server before it fails: overload causes latency first, then errors. */
export const QUEUE_MS = 2_000;

/** The `global` section of every HAProxy of the stack. `maxConnections` bounds its memory; `more`: additional lines. */
export function renderGlobal(maxConnections: number, more: readonly string[] = []): string {
  return [
    'global',
    '    log stdout format raw daemon notice',
    `    maxconn ${maxConnections}`,
    // The folder's permissions admit only HAProxy's user and root's group.
    '    stats socket /run/haproxy/admin.sock mode 666 level admin',
    // After a reload, old connections stay for a while. `close-spread-time` would close idle ones, although clients may be sending a request at that moment:
    // it overrides `idle-close-on-response` of the frontends.
    '    hard-stop-after 30s',
    // The script `reload` waits for old workers. This bounds their number after other reloads too, by closing their connections.
    '    mworker-max-reloads 3',
    '    lua-load-per-thread /usr/local/lib/holdfast/hop-headers.lua',
    `    tune.bufsize ${BUFFER_BYTES}`,
    `    tune.stick-counters ${STICK_COUNTERS}`,
    LIMITS_ON,
    // An HTTP/2 client that keeps opening and resetting streams must reconnect eventually, and connections are limited.
    '    tune.h2.fe.max-concurrent-streams 100',
    '    tune.h2.fe.max-total-streams 5000',
    '    tune.h2.fe.glitches-threshold 100',
    ...more,
    '',
  ].join('\n');
}

/** Metrics and the statistics page of HAProxy, for the monitors. */
export function renderStats(host: Host): string {
  return `frontend stats
    bind ${addressOn(host, 'ops')}:${PORTS.haproxyStats}
    no log
    http-request use-service prometheus-exporter if { path /metrics }
    stats enable
    stats uri /
    stats refresh 5s
`;
}
