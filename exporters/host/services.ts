import type { Facts } from '../kit/facts.ts';
import type { Collector } from '../kit/exporter.ts';
import { parseFields, parseNumber } from './fields.ts';

const EXITS = '/run/holdfast/exits';
const TASKS = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'] as const;
/** Clock ticks per second in `/proc` (USER_HZ): 100 on all supported architectures. */
const TICKS = 100;

/** Exits of the host's services, its tasks and its boot time. */
export const SERVICES: Collector<Facts> = {
  name: 'services',
  collect(facts, emit) {
    for (const path of facts.below(EXITS).filter((one) => !one.endsWith('.new'))) {
      const service = path.slice(EXITS.length + 1);
      emit({ name: 'host_service_exits_total', labels: { service }, value: parseNumber(facts.read(path), service) });
    }
    const folder = TASKS.find((one) => facts.has(`${one}/pids.current`)) ?? TASKS[0];
    emit({ name: 'host_tasks', value: parseNumber(facts.read(`${folder}/pids.current`), 'the number of tasks') });
    const limit = facts.read(`${folder}/pids.max`).trim();
    if (limit !== 'max') emit({ name: 'host_tasks_limit', value: parseNumber(limit, 'the limit of tasks') });
    // The program name, in parentheses, may contain anything; the start time is the 20th field after it.
    const fields = facts
      .read('/proc/1/stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    const bootedAfter = parseNumber(fields[19], 'the start of the init') / TICKS;
    const machine = parseFields(facts.read('/proc/stat'))('btime');
    emit({ name: 'node_boot_time_seconds', value: machine + bootedAfter });
    return Promise.resolve();
  },
};
