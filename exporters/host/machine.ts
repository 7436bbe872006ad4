import type { Facts } from '../kit/facts.ts';
import type { Collector, Sink } from '../kit/exporter.ts';
import { parseFields, parseNumber } from './fields.ts';

/** Columns of the first line of `/proc/stat`. */
export const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const TICKS = 100;

/** The machine under the host, which other hosts may share: its load can explain slow requests. */
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
    emitUname(facts, emit);
    return Promise.resolve();
  },
};

const KERNEL = '/proc/sys/kernel';

/** The values of uname(2); kernels before 6.1 have no file for the machine type. */
function emitUname(facts: Facts, emit: Sink): void {
  const of = (file: string): string => facts.read(`${KERNEL}/${file}`).trim();
  const labels = {
    sysname: of('ostype'),
    release: of('osrelease'),
    version: of('version'),
    machine: facts.has(`${KERNEL}/arch`) ? of('arch') : '',
    nodename: facts.name ?? '',
    domainname: of('domainname'),
  };
  emit({ name: 'node_uname_info', labels, value: 1 });
}
