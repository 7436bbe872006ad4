import { LOGBOOK_LINE_BYTES } from '../../model/access-log.ts';
import type { RenderedFile } from '../../model/rendered-file.ts';
import { type Host, PORTS, type Tier, type Topology, addressOn, publishedUrl, slotsOf } from '../../model/topology.ts';

/** Spans that are kept, about 1.5 KiB of the heap each; with more the oldest traces go. Half an hour of 200 requests/s. */
const MAX_SPANS = 30_000;

/**
 * Room for {@link MAX_SPANS} and as much again for what comes and goes; with it the process stays around 200 MiB (measured). What is for
 * many processors and long lives costs more here than it gives: one collector thread, the quick compiler only, small stacks.
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
  // The supervisor starts it again; a store that is out of memory would answer errors for ever.
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.io.tmpdir=/tmp',
];

/**
 * Room for log lines. A request has three or four of about 450 bytes, 700 with what keeping them takes; at 200 requests/s `passingBytes` is
 * enough for 8 s, in a stack that only its own probes ask for some minutes. Of these a share (`keptRatio`) has its trace kept, and so have all
 * that fail or are slow: `lastingBytes` holds a quarter of an hour of that share. When every request fails it holds half a minute, as Zipkin does then.
 */
const ROOM = { lastingBytes: 12 * 2 ** 20, passingBytes: 4 * 2 ** 20, linesPerTrace: 100 };

/** Who sends the log lines of requests, and what its lines are called. */
const SENDERS: readonly (readonly [Tier, string])[] = [
  ['lb', 'HAProxy'],
  ['web', 'Nginx'],
  ['app', 'application'],
];

/** What the trace host reads from `/etc/holdfast`. */
export function renderTrace(topology: Topology, host: Host): readonly RenderedFile[] {
  const logs = topology.links.logs ?? publishedUrl(host, PORTS.logbookPage);
  const environment = {
    QUERY_PORT: PORTS.zipkin,
    STORAGE_TYPE: 'mem',
    MEM_MAX_SPANS: MAX_SPANS,
    // Spans come over HTTP and in no other way.
    COLLECTOR_GRPC_ENABLED: false,
    SELF_TRACING_ENABLED: false,
    // The page of a trace has a link in its menu; quoted, since a shell reads this.
    ...(logs === undefined ? {} : { ZIPKIN_UI_LOGS_URL: `'${logs}/logs/{traceId}'` }),
  };
  return [
    {
      path: 'zipkin.env',
      text: Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    },
    { path: 'java.args', text: `${JAVA_ARGUMENTS.join('\n')}\n` },
    { path: 'logbook.json', text: `${JSON.stringify(makeLogbookConfig(topology, host), undefined, 2)}\n` },
    {
      // What `/usr/local/bin/healthy` asks: port, path, name.
      path: 'healthy.list',
      text: `${PORTS.zipkin} /health Zipkin\n${PORTS.logbookPage} /healthz the logbook\n`,
    },
  ];
}

/** The shape is `agents/logbook/config.ts`'s. */
function makeLogbookConfig(topology: Topology, host: Host): object {
  return {
    host: host.name,
    linesPort: PORTS.logbook,
    pagePort: PORTS.logbookPage,
    // Spares too: they send as soon as scaling starts them.
    senders: SENDERS.flatMap(([tier, service]) =>
      slotsOf(topology, tier).map((sender) => ({ address: addressOn(sender, 'ops'), host: sender.name, service })),
    ),
    // A key that is undefined is not written.
    tracesUrl: topology.links.traces ?? publishedUrl(host, PORTS.zipkin),
    keep: topology.profile.traces,
    room: ROOM,
    lineBytes: LOGBOOK_LINE_BYTES,
  };
}
