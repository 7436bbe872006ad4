import { Counter, Gauge, type Registry } from 'prom-client';
import { LOG_RECEIVER } from '../../exporters/catalog/access-log.ts';
import type { Receiver } from '../../exporters/access-log/receiver.ts';

/** Adds the metrics of the access-log receiver's socket to those of the exporter itself. */
export function collectReceiverMetrics(registry: Registry, receiver: Receiver): void {
  const registers = [registry];
  counter('access_log_datagrams_received_total', receiver.received);
  counter('access_log_datagrams_unknown_source_total', receiver.unknownSource);
  counter('access_log_datagrams_dropped_total', receiver.dropped);
  const buffer = 'access_log_receive_buffer_bytes';
  new Gauge({
    name: buffer,
    help: LOG_RECEIVER[buffer].help,
    registers,
    collect() {
      this.set(receiver.bufferBytes());
    },
  });

  function counter(name: keyof typeof LOG_RECEIVER, value: () => number | undefined): void {
    new Counter({
      name,
      help: LOG_RECEIVER[name].help,
      registers,
      collect() {
        const now = value();
        this.reset();
        if (now !== undefined) this.inc(now);
      },
    });
  }
}
