import { Counter, Gauge, type Registry } from 'prom-client';
import { LOG_INTAKE } from '../../exporters/catalog/access-log.ts';
import type { Intake } from '../../exporters/access-log/receiver.ts';

/** What the socket for access logs tells, among the metrics of the exporter itself. */
export function collectIntakeMetrics(registry: Registry, intake: Intake): void {
  const registers = [registry];
  counter('access_log_datagrams_received_total', intake.received);
  counter('access_log_datagrams_foreign_total', intake.foreign);
  counter('access_log_datagrams_dropped_total', intake.dropped);
  const buffer = 'access_log_receive_buffer_bytes';
  new Gauge({
    name: buffer,
    help: LOG_INTAKE[buffer].help,
    registers,
    collect() {
      this.set(intake.bufferBytes());
    },
  });

  function counter(name: keyof typeof LOG_INTAKE, value: () => number | undefined): void {
    new Counter({
      name,
      help: LOG_INTAKE[name].help,
      registers,
      collect() {
        const now = value();
        this.reset();
        if (now !== undefined) this.inc(now);
      },
    });
  }
}
