import type { Facts } from '../kit/facts.ts';
import type { Collector } from '../kit/exporter.ts';
import { parseFields, parseNumber } from './fields.ts';

/** Columns of the first line of `/proc/stat`. */
export const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const TICKS = 100;

/** The machine under the host, which other hosts may share: whoever judges a slow moment wants to know whether it was busy itself. */
export const MACHINE: Collector<Facts> = {
  name: 'machine',
  collect(facts, emit) {
    const ticks = /^cpu +(.+)$/m.exec(facts.read('/proc/stat'))?.[1]?.split(' ') ?? [];
    for (const [place, mode] of MODES.entries()) {
      emit({ name: 'machine_cpu_seconds_total', labels: { mode }, value: parseNumber(ticks[place], mode) / TICKS });
    }
    emit({ name: 'machine_load1', value: parseNumber(facts.read('/proc/loadavg').split(' ', 1)[0], 'the load') });
    const started = parseFields(facts.read('/proc/stat'))('btime');
    const uptime = parseNumber(facts.read('/proc/uptime').split(' ', 1)[0], 'the time since the start');
    emit({ name: 'node_time_seconds', value: started + uptime });
    const memory = parseFields(facts.read('/proc/meminfo'));
    emit({ name: 'machine_memory_available_bytes', value: memory('MemAvailable') * 1024 });
    return Promise.resolve();
  },
};
