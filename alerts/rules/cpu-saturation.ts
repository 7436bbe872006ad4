import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { diskLookMs } from '../../deploy/model/scrape-jobs.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, type Counting, grows, quiet, SELF_FOR_LONG, type Series, steady } from '../alert-case.ts';
import type { Alert } from '../alert.ts';

/**
 * Tasks that are ready to run and wait for a processor. A limit of the host is not needed for that: HostThrottled reports limits. A test, a
 * backup or an image that is built keeps a machine busy for minutes, and nobody has to come for it.
 */
export function cpuSaturationAlerts({ profile: { monitoring } }: Topology): readonly Alert[] {
  return [hostSaturated(monitoring), machineSaturated(monitoring)];
}

/** Five minutes in drills, half an hour in production. */
const lasting = (watch: MonitoringTimings): number => 60 * watch.monitorScrapeIntervalMs;

const COMMON = {
  domain: 'host',
  severity: 'warning',
  owner: 'platform',
  group: 'background',
  forMs: lasting,
  isTolerated: true,
  onAbsent: { coveredBy: 'TargetDown' },
} as const;

/** Growth of what is measured every three quarters of a minute: the value stays in between. */
const growsInSteps = (...stretches: readonly (readonly [perSecond: number, steps: number])[]): Counting =>
  grows(
    ...stretches.flatMap(([perSecond, steps]) =>
      Array.from({ length: steps }, () => [[0, 44] as const, [(perSecond * 46) / 2, 2] as const]).flat(),
    ),
  );

/** Tasks that wait on average, for each processor: with one, every task takes twice as long. */
const MAX_WAITING_PER_CORE = 1;

function hostSaturated(watch: MonitoringTimings): Alert {
  const window = promDuration(3 * diskLookMs(watch));
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
        title: 'four tasks wait for two processors',
        series: host(growsInSteps([0.1, 2], [4, 17])),
        expect: [
          { atS: 300, alerts: [] },
          { atS: 500, alerts: [{ labels: { host: 'db1' }, value: '1.373' }] },
        ],
      },
      quiet('one task waits now and then', host(growsInSteps([0.5, 19]))),
      absent('no processor metrics', {}),
      {
        kind: 'resolves',
        title: 'the load goes away',
        series: host(growsInSteps([4, 11], [0.1, 8])),
        expect: [{ atS: 700, alerts: [] }],
        firing: [{ atS: 450, count: 1 }],
      },
    ],
  };
}

/** Share of the processor time that is left, and tasks that run or wait for each processor: both, so that neither a full pipeline nor a slow disk counts. */
const MIN_IDLE_RATIO = 0.02;
const MAX_LOAD_PER_CORE = 4;

function machineSaturated(watch: MonitoringTimings): Alert {
  const window = promDuration(4 * watch.probeIntervalMs);
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
    // Hosts that share a machine tell the same of it.
    expr: `max((${load}) and on (host) (${rate('{mode=~"idle|iowait"}')} / ${rate('')} < ${MIN_IDLE_RATIO})) > ${MAX_LOAD_PER_CORE}`,
    summary: 'The machine under the hosts has no CPU time left',
    description: `For minutes, the machine has been less than ${MIN_IDLE_RATIO * 100} % idle, with {{ $value | humanize }} running or runnable tasks per CPU. Every host on it is slow, and health checks may fail.`,
    cases: [
      {
        kind: 'fires',
        title: 'ten tasks for two processors, all the time',
        series: machine(grows([2, 100], [0, 800]), 10),
        expect: [
          { atS: 300, alerts: [] },
          { atS: 500, alerts: [{ labels: {}, value: '5' }] },
        ],
      },
      quiet('it is busy and has few tasks', machine(grows([0, 900]), 3)),
      quiet('its tasks wait for the disk', {
        ...machine(grows([0, 900]), 10),
        'machine_cpu_seconds_total{host="db1",job="host",mode="iowait"}': grows([2, 900]),
      }),
      absent('no machine metrics', {}),
      {
        kind: 'resolves',
        title: 'it has time again',
        series: machine(grows([0, 500], [2, 400]), 10),
        expect: [{ atS: 600, alerts: [] }],
        firing: [{ atS: 450, count: 1 }],
      },
    ],
  };
}
