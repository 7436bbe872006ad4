import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type OpenMetricsContentType, type Registry } from 'prom-client';

/**
 * Process metrics of the Node.js programs, with the names of Prometheus' client libraries. prom-client's own set measures the event loop
 * with a timer of 10 ms: 100 wake-ups per second of an idle process, more than all its work. The event loop utilization
 * (`rate(nodejs_eventloop_active_seconds_total[…])`, 1 is saturated) has the same information, and Node counts it anyway.
 */
export function collectProcessMetrics(registry: Registry | Registry<OpenMetricsContentType>): void {
  const registers = [registry];
  const startedAt = Math.round(Date.now() / 1000 - process.uptime());
  counter('process_cpu_seconds_total', 'CPU time of the process.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  counter('nodejs_eventloop_active_seconds_total', 'Busy time of the event loop; its rate is 1 at saturation.', () => {
    return performance.eventLoopUtilization().active / 1000;
  });
  gauge('process_start_time_seconds', 'Start time of the process.', () => startedAt);
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Used memory of the JavaScript heap.', () => process.memoryUsage().heapUsed);
  gauge('process_open_fds', 'Open files and sockets of the process.', countOpenFiles);

  function counter(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }

  function gauge(name: string, help: string, value: () => number | undefined): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const now = value();
        if (now !== undefined) this.set(now);
      },
    });
  }
}

/** Read synchronously, because `/proc` is in memory (kit/read-or-empty.ts). `undefined` if no more files can be opened. */
function countOpenFiles(): number | undefined {
  try {
    // Subtract the folder that is being read.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}
