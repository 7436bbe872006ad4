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
  counter('process_cpu_seconds_total', 'Processor time of the process.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  counter('nodejs_eventloop_active_seconds_total', 'Time in which the event loop had work to do.', () => {
    return performance.eventLoopUtilization().active / 1000;
  });
  gauge('process_start_time_seconds', 'When the process was started, since 1970.', () => startedAt);
  gauge('process_resident_memory_bytes', 'Memory of the process that is in RAM.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', "Memory that JavaScript's objects take.", () => process.memoryUsage().heapUsed);
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
