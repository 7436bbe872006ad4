import { atMost, counter, gauge } from './metric.ts';

const TRANSPORT = { transport: ['http', 'grpc'] } as const;
const MEMORY = { area: ['heap', 'nonheap'], id: atMost(10, "Java's pools of memory") } as const;

/** Zipkin's own metrics that are used here. Source: the response of 3.5.1 at /prometheus. */
export const ZIPKIN = {
  zipkin_collector_spans_total: counter('1', 'Received spans.', { labels: TRANSPORT }),
  zipkin_collector_spans_dropped_total: counter('1', 'Dropped spans, which the storage did not accept.', {
    labels: TRANSPORT,
  }),
  zipkin_collector_messages_dropped_total: counter('1', 'Dropped batches of spans, which could not be parsed.', {
    labels: TRANSPORT,
  }),
  jvm_memory_used_bytes: gauge('bytes', 'Used memory of the JVM memory pools.', { labels: MEMORY }),
  jvm_memory_max_bytes: gauge('bytes', 'Limit of the JVM memory pools; -1 for none.', { labels: MEMORY }),
} as const;
