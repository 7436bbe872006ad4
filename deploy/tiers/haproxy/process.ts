import { REQUEST_LIMITS } from '../../model/request-limits.ts';
import { addressOn, PORTS, type Host } from '../../model/topology.ts';
import { LIMITS_ON, STICK_COUNTERS } from './client-limits.ts';

/** Beside headers and body, a buffer holds HAProxy's own notes on them, and what it adds to them (`tune.maxrewrite`, 1 KiB). */
const BUFFER_RESERVE = 4_096;

/** HAProxy works in buffers of this size; the largest request fits into one, so that no server is asked before it has arrived. */
const BUFFER_BYTES = REQUEST_LIMITS.headerBytes + REQUEST_LIMITS.bodyBytes + BUFFER_RESERVE;

/** How much of a request's identifier, which a client may choose, log lines repeat. */
export const REQUEST_ID_BYTES = 128;

/** How long a request may wait for a free place before it is refused: overload turns into latency first, then into errors. */
export const QUEUE_MS = 2_000;

/** The `global` section of any HAProxy of the stack. `maxConnections` bounds its memory; `more`: further lines. */
export function renderGlobal(maxConnections: number, more: readonly string[] = []): string {
  return [
    'global',
    '    log stdout format raw daemon notice',
    `    maxconn ${maxConnections}`,
    // The folder lets in HAProxy's user and root's group only.
    '    stats socket /run/haproxy/admin.sock mode 666 level admin',
    // A reload keeps old connections for a while, and closes idle ones spread over time instead of all at once.
    '    hard-stop-after 30s',
    '    close-spread-time 3s',
    '    lua-load-per-thread /usr/local/lib/holdfast/hop-headers.lua',
    `    tune.bufsize ${BUFFER_BYTES}`,
    `    tune.stick-counters ${STICK_COUNTERS}`,
    LIMITS_ON,
    // An HTTP/2 client that opens and resets streams has to connect again sooner or later, and connections are counted.
    '    tune.h2.fe.max-concurrent-streams 100',
    '    tune.h2.fe.max-total-streams 5000',
    '    tune.h2.fe.glitches-threshold 100',
    ...more,
    '',
  ].join('\n');
}

/** Metrics and a page about a HAProxy, for the monitors. */
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
