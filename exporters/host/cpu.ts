import type { Collector, Sink } from '../kit/exporter.ts';
import type { Facts } from '../kit/facts.ts';
import { parseFields, parseNumber } from './fields.ts';
import { DISK_SPACE_FILE } from './filesystem.ts';
import { emitPressure } from './pressure.ts';

const V2 = '/sys/fs/cgroup/cpu.stat';
const V2_MAX = '/sys/fs/cgroup/cpu.max';

/** Processor time of the host, its limit, and throttling: from its control group, version 1 or 2. */
export const CPU: Collector<Facts> = {
  name: 'cpu',
  collect(facts, emit) {
    if (facts.has(V2)) collectV2(facts, emit);
    else collectV1(facts, emit);
    emitPressure(facts, 'cpu', emit);
    const [, waitedNs] = (facts.read(DISK_SPACE_FILE).split('\n', 1)[0] ?? '').split(' ');
    emit({ name: 'host_cpu_run_delay_seconds_total', value: parseNumber(waitedNs, 'the waits for a processor') / 1e9 });
    return Promise.resolve();
  },
};

interface Cpu {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledSeconds: number;
  /** Number of processors that the quota allows; undefined: no quota. */
  readonly quota: number | undefined;
  /** Processors that the host may run on: `0-1,4`. */
  readonly processors: string;
}

function collectV1(facts: Facts, emit: Sink): void {
  const stat = parseFields(facts.read('/sys/fs/cgroup/cpu/cpu.stat'));
  const quotaUs = parseNumber(facts.read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'), 'the quota');
  const periodUs = parseNumber(facts.read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'), 'the period');
  emitCpu(emit, {
    userSeconds: parseNumber(facts.read('/sys/fs/cgroup/cpuacct/cpuacct.usage_user'), 'the user time') / 1e9,
    systemSeconds: parseNumber(facts.read('/sys/fs/cgroup/cpuacct/cpuacct.usage_sys'), 'the system time') / 1e9,
    periods: stat('nr_periods'),
    throttledPeriods: stat('nr_throttled'),
    throttledSeconds: stat('throttled_time') / 1e9,
    quota: quotaUs > 0 ? quotaUs / periodUs : undefined,
    processors: facts.read('/sys/fs/cgroup/cpuset/cpuset.effective_cpus'),
  });
}

/** Without a CPU controller for the host, the kernel counts no periods and has no file for the quota. */
function collectV2(facts: Facts, emit: Sink): void {
  const text = facts.read(V2);
  const stat = parseFields(text);
  const isLimited = text.includes('nr_periods');
  const [quota = 'max', period] = facts.has(V2_MAX) ? facts.read(V2_MAX).trim().split(' ') : [];
  emitCpu(emit, {
    userSeconds: stat('user_usec') / 1e6,
    systemSeconds: stat('system_usec') / 1e6,
    periods: isLimited ? stat('nr_periods') : 0,
    throttledPeriods: isLimited ? stat('nr_throttled') : 0,
    throttledSeconds: isLimited ? stat('throttled_usec') / 1e6 : 0,
    quota: quota === 'max' ? undefined : parseNumber(quota, 'the quota') / parseNumber(period, 'the period'),
    processors: facts.read('/sys/fs/cgroup/cpuset.cpus.effective'),
  });
}

function emitCpu(emit: Sink, cpu: Cpu): void {
  emit({ name: 'host_cpu_seconds_total', labels: { mode: 'user' }, value: cpu.userSeconds });
  emit({ name: 'host_cpu_seconds_total', labels: { mode: 'system' }, value: cpu.systemSeconds });
  emit({ name: 'host_cpu_periods_total', value: cpu.periods });
  emit({ name: 'host_cpu_throttled_periods_total', value: cpu.throttledPeriods });
  emit({ name: 'host_cpu_throttled_seconds_total', value: cpu.throttledSeconds });
  emit({ name: 'host_cpu_cores', value: Math.min(cpu.quota ?? Infinity, countProcessors(cpu.processors)) });
}

function countProcessors(list: string): number {
  return list
    .trim()
    .split(',')
    .map((range) => {
      const [from, to = from] = range.split('-');
      return parseNumber(to, 'a processor') - parseNumber(from, 'a processor') + 1;
    })
    .reduce((sum, count) => sum + count, 0);
}
