import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { diskPollMs } from '../../deploy/model/scrape-jobs.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, type Counting, grows, quiet, SELF_FOR_LONG, type Series, steady } from '../alert-case.ts';
import type { Alert } from '../alert.ts';

/**
 * Runnable tasks that wait for a processor, also without a CPU limit, which HostThrottled covers. Only lasting saturation alerts: a test, a backup
 * or an image build can keep a machine busy for minutes.
 */
export function cpuSaturationAlerts({ profile: { monitoring } }: Topology): readonly Alert[] {
  return [hostSaturated(monitoring), machineSaturated(monitoring)];
}

/** Five minutes in drills, half an hour in production. */
const sustainedFor = (timings: MonitoringTimings): number => 60 * timings.monitorScrapeIntervalMs;

const COMMON = {
  domain: 'host',
  severity: 'warning',
  owner: 'platform',
  group: 'background',
  forMs: sustainedFor,
  isLowUrgency: true,
  onAbsent: { coveredBy: 'TargetDown' },
} as const;

/** Growth of a metric that is measured every 46 s: constant in between. */
const growsInSteps = (...stretches: readonly (readonly [perSecond: number, steps: number])[]): Counting =>
  grows(
    ...stretches.flatMap(([perSecond, steps]) =>
      Array.from({ length: steps }, () => [[0, 44] as const, [(perSecond * 46) / 2, 2] as const]).flat(),
    ),
  );

/** Average number of waiting tasks per processor: with one, every task takes twice as long. */
const MAX_WAITING_PER_CORE = 1;

function hostSaturated(timings: MonitoringTimings): Alert {
  const window = promDuration(3 * diskPollMs(timings));
  const host = (waits: Counting): Series => ({
    ...SELF_FOR_LONG,
    'host_cpu_run_delay_seconds_total{host="db1",job="host"}': waits,
    'host_cpu_cores{host="db1",job="host"}': steady(2),
  });
  return {
    ...COMMON,
    name: 'HostCpuSaturated',
    expr: `max by (host) (rate(host_cpu_run_delay_seconds_total[${window}]) / host_cpu_cores) > ${MAX_WAITING_PER_CORE}`,
    summary: '{{ $labels.host }} is short of CPU time',
    description:
      'On {{ $labels.host }}, {{ $value | humanize }} runnable tasks per CPU have been waiting for minutes. Everything there takes several times as long.',
    cases: [
      {
        kind: 'fires',
        title: 'four runnable tasks wait for two processors',
        series: host(growsInSteps([0.1, 2], [4, 17])),
        expect: [
          { atS: 300, alerts: [] },
          { atS: 500, alerts: [{ labels: { host: 'db1' }, value: '1.373' }] },
        ],
      },
      quiet('one task waits occasionally', host(growsInSteps([0.5, 19]))),
      absent('no processor metrics', {}),
      {
        kind: 'resolves',
        title: 'the load ends',
        series: host(growsInSteps([4, 11], [0.1, 8])),
        expect: [{ atS: 700, alerts: [] }],
        firing: [{ atS: 450, count: 1 }],
      },
    ],
  };
}

/** Minimum share of idle time, and maximum number of running or waiting tasks per processor. Both must be exceeded, so that neither full utilization nor a slow disk alerts. */
const MIN_IDLE_RATIO = 0.02;
const MAX_LOAD_PER_CORE = 4;

function machineSaturated(timings: MonitoringTimings): Alert {
  const window = promDuration(4 * timings.probeIntervalMs);
  const rate = (mode: string): string => `sum by (host) (rate(machine_cpu_seconds_total${mode}[${window}]))`;
  const load = 'max by (host) (machine_load1) / max by (host) (host_cpu_cores)';
  const machine = (idle: Counting, tasks: number): Series => ({
    ...SELF_FOR_LONG,
    'machine_cpu_seconds_total{host="db1",job="host",mode="idle"}': idle,
    'machine_cpu_seconds_total{host="db1",job="host",mode="user"}': grows([2, 900]),
    'machine_load1{host="db1",job="host"}': steady(tasks),
    'host_cpu_cores{host="db1",job="host"}': steady(2),
  });
  return {
    ...COMMON,
    name: 'MachineCpuSaturated',
    // Hosts on the same machine expose the same values of it.
    expr: `max((${load}) and on (host) (${rate('{mode=~"idle|iowait"}')} / ${rate('')} < ${MIN_IDLE_RATIO})) > ${MAX_LOAD_PER_CORE}`,
    summary: 'The machine under the hosts has no CPU time left',
    description: `For minutes, the machine has been less than ${MIN_IDLE_RATIO * 100} % idle, with {{ $value | humanize }} running or runnable tasks per CPU. Every host on it is slow, and health checks may fail.`,
    cases: [
      {
        kind: 'fires',
        title: 'ten tasks for two processors, constantly',
        series: machine(grows([2, 100], [0, 800]), 10),
        expect: [
          { atS: 300, alerts: [] },
          { atS: 500, alerts: [{ labels: {}, value: '5' }] },
        ],
      },
      quiet('it is busy with few tasks', machine(grows([0, 900]), 3)),
      quiet('its tasks wait for the disk', {
        ...machine(grows([0, 900]), 10),
        'machine_cpu_seconds_total{host="db1",job="host",mode="iowait"}': grows([2, 900]),
      }),
      absent('no machine metrics', {}),
      {
        kind: 'resolves',
        title: 'it has idle time again',
        series: machine(grows([0, 500], [2, 400]), 10),
        expect: [{ atS: 600, alerts: [] }],
        firing: [{ atS: 450, count: 1 }],
      },
    ],
  };
}
