import type { RenderedFile } from '../rendered-file.ts';
import { PORTS } from '../topology.ts';

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

/** What the trace host reads from `/etc/holdfast`. */
export function renderTrace(): readonly RenderedFile[] {
  const environment = {
    QUERY_PORT: PORTS.zipkin,
    STORAGE_TYPE: 'mem',
    MEM_MAX_SPANS: MAX_SPANS,
    // Spans come over HTTP and in no other way.
    COLLECTOR_GRPC_ENABLED: false,
    SELF_TRACING_ENABLED: false,
  };
  return [
    {
      path: 'zipkin.env',
      text: Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    },
    { path: 'java.args', text: `${JAVA_ARGUMENTS.join('\n')}\n` },
    // What `/usr/local/bin/healthy` asks: port, path, name.
    { path: 'healthy.list', text: `${PORTS.zipkin} /health Zipkin\n` },
  ];
}
