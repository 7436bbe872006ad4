import { atMost, counter, gauge } from './metric.ts';

const TRANSPORT = { transport: ['http', 'grpc'] } as const;
const MEMORY = { area: ['heap', 'nonheap'], id: atMost(10, "Java's pools of memory") } as const;

/** Zipkin's own metrics that are used here. Source: the response of 3.5.1 at /prometheus. */
export const ZIPKIN = {
  zipkin_collector_spans_total: counter('1', 'Spans that came.', { labels: TRANSPORT }),
  zipkin_collector_spans_dropped_total: counter('1', 'Spans that the storage did not take.', { labels: TRANSPORT }),
  zipkin_collector_messages_dropped_total: counter('1', 'Batches of spans that could not be read.', {
    labels: TRANSPORT,
  }),
  jvm_memory_used_bytes: gauge('bytes', "Memory of Java's pools in use.", { labels: MEMORY }),
  jvm_memory_max_bytes: gauge('bytes', "What Java's pools may take; -1: no limit.", { labels: MEMORY }),
} as const;
