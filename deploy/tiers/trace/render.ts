import { TRACE_LOG_LINE_BYTES } from '../../model/access-log.ts';
import { immediate, restart, type RenderedFile } from '../../model/rendered-file.ts';
import { type Host, PORTS, type Tier, type Topology, addressOn, publishedUrl, slotsOf } from '../../model/topology.ts';

/** Maximum number of stored spans, about 1.5 KiB of heap each; the oldest traces are evicted first. Half an hour at 200 requests/s. */
const MAX_SPANS = 30_000;

/**
 * Heap for {@link MAX_SPANS}, and as much again for temporary objects; the process needs about 200 MiB (measured). Optimizations for many CPUs and
 * long-running processes cost more than they save here: one garbage collector thread, only the quick compiler, small stacks.
 */
const JAVA_ARGUMENTS: readonly string[] = [
  '-Xms32m',
  '-Xmx112m',
  '-Xss256k',
  '-XX:MaxDirectMemorySize=24m',
  '-XX:ReservedCodeCacheSize=48m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  // The supervisor restarts it. Without this, a store that is out of memory would fail permanently.
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.io.tmpdir=/tmp',
];

/**
 * Sizes of the trace log store's buffers. A request has three or four lines of about 450 bytes, 700 with overhead. At 200 requests/s, `transientBytes` is
 * enough for 8 s; with only the stack's own probes, for some minutes. A share of requests (`sampleRatio`) has a sampled trace, and so have all failed
 * and slow ones. `retainedBytes` holds the lines of that share for a quarter of an hour. If every request fails, it holds half a minute, like Zipkin.
 */
const TRACE_LOGS_LIMITS = { retainedBytes: 12 * 2 ** 20, transientBytes: 4 * 2 ** 20, linesPerTrace: 100 };

/** Tiers that send log lines of requests, and the name of the service in those lines. */
const SENDERS: readonly (readonly [Tier, string])[] = [
  ['lb', 'HAProxy'],
  ['web', 'Nginx'],
  ['app', 'application'],
];

/** Every configuration file of the trace host. */
export function renderTrace(topology: Topology, host: Host): readonly RenderedFile[] {
  const logs = topology.links.logs ?? publishedUrl(host, PORTS.traceLogsPage);
  const environment = {
    QUERY_PORT: PORTS.zipkin,
    STORAGE_TYPE: 'mem',
    MEM_MAX_SPANS: MAX_SPANS,
    // Spans arrive only over HTTP.
    COLLECTOR_GRPC_ENABLED: false,
    SELF_TRACING_ENABLED: false,
    // Link in the menu of a trace page. Quoted, because a shell reads this file.
    ...(logs === undefined ? {} : { ZIPKIN_UI_LOGS_URL: `'${logs}/logs/{traceId}'` }),
  };
  return [
    {
      path: 'zipkin.env',
      text: Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
      onChange: restart('zipkin'),
    },
    { path: 'java.args', text: `${JAVA_ARGUMENTS.join('\n')}\n`, onChange: restart('zipkin') },
    {
      path: 'trace-logs.json',
      text: `${JSON.stringify(makeTraceLogsConfig(topology, host), undefined, 2)}\n`,
      onChange: restart('trace-logs'),
    },
    {
      // The checks of `/usr/local/bin/healthy`: port, path, name.
      path: 'healthy.list',
      text: `${PORTS.zipkin} /health Zipkin\n${PORTS.traceLogsPage} /healthz the trace log store\n`,
      onChange: immediate,
    },
  ];
}

/** `agents/trace-logs/config.ts` defines the format. */
function makeTraceLogsConfig(topology: Topology, host: Host): object {
  return {
    host: host.name,
    linesPort: PORTS.traceLogs,
    pagePort: PORTS.traceLogsPage,
    // Including standby slots, which send as soon as scaling starts them.
    senders: SENDERS.flatMap(([tier, service]) =>
      slotsOf(topology, tier).map((sender) => ({ address: addressOn(sender, 'ops'), host: sender.name, service })),
    ),
    // Undefined keys are not written.
    tracesUrl: topology.links.traces ?? publishedUrl(host, PORTS.zipkin),
    keep: topology.profile.traces,
    room: TRACE_LOGS_LIMITS,
    lineBytes: TRACE_LOG_LINE_BYTES,
  };
}
