import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, fires, quiet, resolves, slowCase, step } from '../alert-case.ts';
import { type Alert, ignoresStaleSelfSamples, selfFor } from '../alert.ts';
import { anyOf } from '../promql.ts';

/** Alerts of monitors that respond but do not work correctly. Each exposes its own metrics, which the other one scrapes as well. */
export function monitorHealthAlerts(topology: Topology): readonly Alert[] {
  const window = promDuration(topology.profile.monitoring.monitorScrapeIntervalMs * 5);
  /** Effects of a start end by the second scrape after it, and have left the window by this time. */
  const afterStartS = (topology.profile.monitoring.monitorScrapeIntervalMs * 7) / 1_000;
  const grows = (counter: string): string => `sum by (host) (rate(${counter}[${window}])) > 0`;
  return [
    {
      ...COMMON,
      name: 'MonitorConfigRejected',
      severity: 'warning',
      expr: anyOf(
        'max by (host) (prometheus_config_last_reload_successful) == 0',
        'max by (host) (alertmanager_config_last_reload_successful) == 0',
      ),
      summary: 'A monitor on {{ $labels.host }} rejected its configuration',
      description:
        'Prometheus or Alertmanager on {{ $labels.host }} rejected its latest configuration. It still uses the previous one, or a part of the new one.',
      cases: [
        fires('Prometheus rejects it', { [reloaded('prometheus', 'mon1')]: step(1, 0) }, ON_MON1),
        fires('Alertmanager rejects it', { [reloaded('alertmanager', 'mon1')]: step(1, 0) }, ON_MON1),
        quiet('both accept it', {
          [reloaded('prometheus', 'mon1')]: always(1),
          [reloaded('alertmanager', 'mon1')]: always(1),
        }),
        absent('no metrics of monitors', {}),
        resolves('the next one is accepted', { [reloaded('prometheus', 'mon1')]: dip(1, 0) }, ON_MON1),
      ],
    },
    {
      ...COMMON,
      name: 'RuleEvaluationFailing',
      severity: 'critical',
      expr: grows('prometheus_rule_evaluation_failures_total'),
      summary: 'Rule evaluation is failing on {{ $labels.host }}',
      description:
        'Prometheus on {{ $labels.host }} fails to evaluate a rule, so an alert may be missing. Its rules page shows the rule and the error.',
      cases: counterCases(
        'prometheus_rule_evaluation_failures_total{host="mon1",rule_group="holdfast"}',
        'a rule fails',
      ),
    },
    {
      ...COMMON,
      name: 'AlertsDropped',
      severity: 'critical',
      // A Prometheus that has just started evaluates its rules before it discovers an Alertmanager.
      expr: `${grows('prometheus_notifications_dropped_total')} unless on (host) max by (host) (time() - ${STARTED}) < ${afterStartS}`,
      summary: 'Prometheus on {{ $labels.host }} drops alerts',
      description:
        'No Alertmanager accepts the alerts of Prometheus on {{ $labels.host }} in time. Only the other Prometheus still sends alerts.',
      cases: [
        ...counterCases('prometheus_notifications_dropped_total{host="mon1"}', 'no Alertmanager accepts an alert'),
        quiet('Prometheus restarts and drops an alert before it discovers an Alertmanager', {
          'prometheus_notifications_dropped_total{host="mon1"}': step(0, 1),
          'process_start_time_seconds{host="mon1",job="prometheus"}': step(-1_000, 20),
        }),
        quiet('the same after it was down for longer than the lookback of its samples', {
          'prometheus_notifications_dropped_total{host="mon1"}': [
            [0, 20],
            [null, 16],
            [0, 6],
            [1, 118],
          ],
          'process_start_time_seconds{host="mon1",job="prometheus"}': [
            [-1_000, 20],
            [null, 16],
            [36, 124],
          ],
        }),
        slowCase(
          fires(
            'Prometheus restarts and discovers none',
            {
              'prometheus_notifications_dropped_total{host="mon1"}': counts([0, 20], [0.25, 140]),
              'process_start_time_seconds{host="mon1",job="prometheus"}': step(-1_000, 20),
            },
            ON_MON1,
          ),
        ),
      ],
    },
    {
      ...COMMON,
      name: 'MonitorStorageFailing',
      severity: 'warning',
      expr: anyOf(
        ...[
          'prometheus_tsdb_wal_corruptions_total',
          'prometheus_tsdb_wal_writes_failed_total',
          'prometheus_tsdb_compactions_failed_total',
        ].map(grows),
      ),
      summary: 'Prometheus storage is failing on {{ $labels.host }}',
      description:
        'Prometheus on {{ $labels.host }} has a damaged write-ahead log or fails to write to disk. Alerts still work, but its data has gaps, and a restart may lose more.',
      cases: counterCases('prometheus_tsdb_wal_writes_failed_total{host="mon1"}', 'a write fails'),
    },
    clusterSplit(topology),
  ];
}

const COMMON = {
  domain: 'monitor',
  owner: 'monitoring',
  forMs: selfFor,
  onAbsent: { coveredBy: 'MonitorLost' },
} as const;

const STARTED = 'process_start_time_seconds{job="prometheus"}';
const ON_MON1 = { labels: { host: 'mon1' } };
const reloaded = (job: 'prometheus' | 'alertmanager', host: string): string =>
  `${job}_config_last_reload_successful{host="${host}",job="${job}"}`;

/** Cases of an alert that fires while a counter of failures grows. */
function counterCases(series: string, what: string): Alert['cases'] {
  return [
    fires(`${what} repeatedly`, { [series]: counts([0, 20], [0.25, 140]) }, ON_MON1),
    quiet('it happened once, long ago', { [series]: always(7) }),
    quiet('the process restarts', { [series]: step(7, 0) }),
    absent('no metrics of monitors', {}),
    resolves(`${what} repeatedly, then no more`, { [series]: counts([0, 20], [0.25, 40], [0, 100]) }, ON_MON1),
  ];
}

function clusterSplit(topology: Topology): Alert {
  const count = hostsOf(topology, 'monitor').length;
  const members = (host: string): string => `alertmanager_cluster_members{host="${host}",job="alertmanager"}`;
  const up = (host: string): string => `up{host="${host}",job="alertmanager"}`;
  const both = Object.fromEntries(
    ['mon1', 'mon2'].flatMap((host) => [
      [up(host), always(1)],
      [`up{host="${host}",job="prometheus"}`, always(1)],
    ]),
  );
  return {
    ...COMMON,
    name: 'AlertmanagerClusterSplit',
    severity: 'warning',
    // If the other Alertmanager is down, MonitorLost is more specific.
    expr: `(min by (host) (alertmanager_cluster_members) < ${count})\nunless on () ALERTS{alertname="MonitorLost"}`,
    forMs: ignoresStaleSelfSamples,
    summary: 'The Alertmanager cluster is split ({{ $labels.host }})',
    description: `Alertmanager on {{ $labels.host }} sees {{ $value }} of ${count} members although all respond. Mails may be duplicated, and a silence may apply on one side only.`,
    cases: [
      fires(
        'both are up but do not see each other',
        { ...both, [members('mon1')]: step(2, 1), [members('mon2')]: step(2, 1) },
        { ...ON_MON1, value: '1' },
        { labels: { host: 'mon2' }, value: '1' },
      ),
      quiet('the other one is down', {
        ...both,
        [members('mon1')]: step(2, 1),
        [members('mon2')]: step(2, null),
        [up('mon2')]: step(1, 0),
      }),
      absent('no metrics of Alertmanager', both),
      resolves('they see each other again', { ...both, [members('mon1')]: dip(2, 1) }, { ...ON_MON1, value: '1' }),
    ],
  };
}
