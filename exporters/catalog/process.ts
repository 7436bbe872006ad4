import { counter, gauge } from './metric.ts';

/** Metrics that each of our Node processes exposes about itself: kit/process-metrics.ts. */
export const PROCESS = {
  process_cpu_seconds_total: counter('seconds', 'CPU time of the process.'),
  process_start_time_seconds: gauge('timestamp', 'Start time of the process.'),
  process_resident_memory_bytes: gauge('bytes', 'Resident memory of the process.'),
  process_open_fds: gauge('1', 'Open files and sockets of the process.'),
  nodejs_eventloop_active_seconds_total: counter(
    'seconds',
    'Busy time of the event loop; its rate is 1 at saturation.',
  ),
  nodejs_heap_size_used_bytes: gauge('bytes', 'Used memory of the JavaScript heap.'),
} as const;
