import { counter, gauge } from './metric.ts';

/** Metrics that each of our Node processes exposes about itself: kit/process-metrics.ts. */
export const PROCESS = {
  process_cpu_seconds_total: counter('seconds', 'Processor time of the process.'),
  process_start_time_seconds: gauge('timestamp', 'When the process was started.'),
  process_resident_memory_bytes: gauge('bytes', 'Memory of the process that is in RAM.'),
  process_open_fds: gauge('1', 'Open files and sockets of the process.'),
  nodejs_eventloop_active_seconds_total: counter(
    'seconds',
    'Time in which the event loop had work to do; its rate is 1 at saturation.',
  ),
  nodejs_heap_size_used_bytes: gauge('bytes', "Memory that JavaScript's objects take."),
} as const;
