import type { Collector, Sink } from '../kit/exporter.ts';
import type { Facts } from '../kit/facts.ts';
import { parseFields, parseNumber } from './fields.ts';
import { emitPressure } from './pressure.ts';

const V2 = '/sys/fs/cgroup/memory.current';
const V1 = '/sys/fs/cgroup/memory';

/** Memory of the host: usage, limit and limit hits of its control group. */
export const MEMORY: Collector<Facts> = {
  name: 'memory',
  collect(facts, emit) {
    emitMemory(emit, facts.has(V2) ? readV2(facts) : readV1(facts));
    emitPressure(facts, 'memory', emit);
    return Promise.resolve();
  },
};

interface Memory {
  readonly limit: number;
  readonly usage: number;
  /** File pages that were not used recently: the kernel reclaims them before an allocation fails. */
  readonly inactiveFile: number;
  readonly anonymous: number;
  readonly file: number;
  readonly majorFaults: number;
  readonly oomKills: number;
  readonly limitHits: number;
}

function readV1(facts: Facts): Memory {
  const stat = parseFields(facts.read(`${V1}/memory.stat`));
  return {
    limit: limitOf(facts, `${V1}/memory.limit_in_bytes`),
    usage: parseNumber(facts.read(`${V1}/memory.usage_in_bytes`), 'the memory in use'),
    inactiveFile: stat('total_inactive_file'),
    anonymous: stat('total_rss'),
    file: stat('total_cache'),
    majorFaults: stat('total_pgmajfault'),
    oomKills: parseFields(facts.read(`${V1}/memory.oom_control`))('oom_kill'),
    limitHits: parseNumber(facts.read(`${V1}/memory.failcnt`), 'the number of refusals'),
  };
}

function readV2(facts: Facts): Memory {
  const stat = parseFields(facts.read('/sys/fs/cgroup/memory.stat'));
  const events = parseFields(facts.read('/sys/fs/cgroup/memory.events'));
  return {
    limit: limitOf(facts, '/sys/fs/cgroup/memory.max'),
    usage: parseNumber(facts.read(V2), 'the memory in use'),
    inactiveFile: stat('inactive_file'),
    anonymous: stat('anon'),
    file: stat('file'),
    majorFaults: stat('pgmajfault'),
    oomKills: events('oom_kill'),
    limitHits: events('max'),
  };
}

/** A host without a limit can use the machine's memory; version 1 writes "no limit" as a number larger than any machine's memory. */
function limitOf(facts: Facts, path: string): number {
  const machine = parseFields(facts.read('/proc/meminfo'))('MemTotal') * 1024;
  const limit = facts.read(path).trim();
  return limit === 'max' ? machine : Math.min(machine, parseNumber(limit, 'the limit'));
}

function emitMemory(emit: Sink, memory: Memory): void {
  const workingSet = Math.max(0, memory.usage - memory.inactiveFile);
  emit({ name: 'node_memory_MemTotal_bytes', value: memory.limit });
  emit({ name: 'node_memory_MemAvailable_bytes', value: Math.max(0, memory.limit - workingSet) });
  emit({ name: 'host_memory_usage_bytes', value: memory.usage });
  emit({ name: 'host_memory_working_set_bytes', value: workingSet });
  emit({ name: 'host_memory_anonymous_bytes', value: memory.anonymous });
  emit({ name: 'host_memory_file_bytes', value: memory.file });
  emit({ name: 'host_memory_major_faults_total', value: memory.majorFaults });
  emit({ name: 'host_memory_oom_kills_total', value: memory.oomKills });
  emit({ name: 'host_memory_limit_hits_total', value: memory.limitHits });
}
