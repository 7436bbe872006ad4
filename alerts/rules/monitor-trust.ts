import { OWN_PROMETHEUS, scrapeClassIntervalMs, SCRAPE_JOBS } from '../../deploy/model/scrape-jobs.ts';
import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { CATALOG } from '../../exporters/catalog/catalog.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, fires, slowCase, quiet, resolves, step, dip, type Series } from '../alert-case.ts';
import { type Alert, lowUrgencyFor } from '../alert.ts';
import { HOST_LOST_ALERTS } from '../../deploy/tiers/monitor/inhibitions.ts';
import { anyOf, unlessFiring } from '../promql.ts';

/**
 * Alerts of unreliable monitoring: metrics that are incomplete, late or missing prevent other alerts. These are not urgent, so only lasting
 * problems alert.
 */
export function monitorTrustAlerts(topology: Topology): readonly Alert[] {
  const { monitoring } = topology.profile;
  return [
    collectorFailing,
    seriesDropped,
    evaluationsMissed(monitoring),
    scrapesLate(monitoring),
    scrapeSlow(monitoring),
    samplesRejected(monitoring),
    rulesDiffer,
  ];
}

const COMMON = {
  domain: 'monitor',
  severity: 'warning',
  owner: 'monitoring',
  group: 'background',
  forMs: lowUrgencyFor,
  isLowUrgency: true,
} as const;

/** Metrics of our exporters with this suffix. */
function ofExporters(ending: string): readonly string[] {
  const names = CATALOG.flatMap(({ metrics }) => Object.keys(metrics).filter((name) => name.endsWith(ending)));
  return [...new Set(names)];
}

/** Cases use a host without its own alert. */
const collectors = (samples: Series[string]): Series => ({
  'host_scrape_collector_success{collector="disk",host="trace1",job="host"}': samples,
  'host_scrape_collector_success{collector="cpu",host="trace1",job="host"}': always(1),
});
const ON_TRACE1 = { labels: { job: 'host', host: 'trace1' } };

const collectorFailing: Alert = {
  ...COMMON,
  name: 'CollectorFailing',
  expr: unlessFiring(
    HOST_LOST_ALERTS,
    ...ofExporters('_scrape_collector_success').map((metric) => `min by (job, host) (${metric}) == 0`),
  ),
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'A collector of {{ $labels.job }} is failing for {{ $labels.host }}',
  description:
    'The exporter reaches {{ $labels.host }}, but one of its collectors for {{ $labels.job }} fails every time. The metrics of that collector are missing, so alerts based on them cannot fire.',
  cases: [
    slowCase(fires('one of two collectors fails', collectors(step(1, 0)), ON_TRACE1)),
    quiet('one collector fails for half a minute', collectors(dip(1, 0, 30))),
    absent('nothing is scraped', {}),
    slowCase(resolves('it works again', collectors(dip(1, 0, 100)), ON_TRACE1)),
  ],
};

const dropped = (value: ReturnType<typeof step>): Series => ({
  'nginx_scrape_series_dropped{host="web1",job="nginx"}': value,
});

const seriesDropped: Alert = {
  ...COMMON,
  name: 'SeriesDropped',
  expr: anyOf(...ofExporters('_scrape_series_dropped').map((metric) => `max by (job, host) (${metric}) > 0`)),
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'Series of {{ $labels.job }} on {{ $labels.host }} are dropped',
  description:
    'A scrape of {{ $labels.job }} for {{ $labels.host }} has {{ $value }} series above the limit or missing from the catalogue. The exporter drops them, so sums and rates are wrong.',
  cases: [
    slowCase(
      fires('there are too many series', dropped(step(0, 7)), { labels: { job: 'nginx', host: 'web1' }, value: '7' }),
    ),
    quiet('no series is dropped', dropped(always(0))),
    absent('nothing is scraped', {}),
    slowCase(
      resolves('there are fewer series again', dropped(dip(0, 7, 100)), {
        labels: { job: 'nginx', host: 'web1' },
        value: '7',
      }),
    ),
  ],
};

/** Maximum share of missed evaluations: on a busy machine single ones are missed. */
const MAX_MISSED_RATIO = 0.1;
const ON_MON1 = { labels: { host: 'mon1' } };

function evaluationsMissed(timings: MonitoringTimings): Alert {
  const window = promDuration(12 * timings.monitorScrapeIntervalMs);
  const rate = (counter: string): string => `rate(prometheus_rule_group_${counter}[${window}])`;
  const series = (missed: Series[string]): Series => ({
    'prometheus_rule_group_iterations_missed_total{host="mon1",job="prometheus",rule_group="a"}': missed,
    'prometheus_rule_group_iterations_total{host="mon1",job="prometheus",rule_group="a"}': counts([0.5, 160]),
  });
  return {
    ...COMMON,
    name: 'RuleEvaluationsMissed',
    // Per group: in the sum of all groups, a slow group that misses every second evaluation would be below the limit.
    expr: `max by (host) (${rate('iterations_missed_total')} / ${rate('iterations_total')}) > ${MAX_MISSED_RATIO}`,
    onAbsent: { coveredBy: 'MonitorLost' },
    summary: 'Prometheus on {{ $labels.host }} misses rule evaluations',
    description:
      'Prometheus on {{ $labels.host }} missed {{ $value | humanizePercentage }} of its rule evaluations, because earlier ones took too long. Alerts are late.',
    cases: [
      slowCase(
        fires(
          'one of two groups misses half of its evaluations',
          {
            ...series(counts([0, 20], [0.25, 140])),
            'prometheus_rule_group_iterations_missed_total{host="mon1",job="prometheus",rule_group="b"}': always(0),
            'prometheus_rule_group_iterations_total{host="mon1",job="prometheus",rule_group="b"}': counts([5, 160]),
          },
          { ...ON_MON1, value: '50%' },
        ),
      ),
      quiet('one of thirty evaluations is missed', series(counts([1 / 60, 160]))),
      absent('no Prometheus is scraped', {}),
      {
        // The missed evaluations must leave the window first.
        kind: 'resolves',
        title: 'it keeps up again',
        series: series(counts([0.25, 80], [0, 80])),
        expect: [{ atS: 150, alerts: [] }],
        firing: [{ atS: 90, count: 1 }],
      },
    ],
  };
}

/** Minimum share of the expected scrapes. If most targets have fewer, Prometheus itself is late. */
const MIN_SCRAPED_RATIO = 0.8;
const EXPECTED_SCRAPES = 30;

function scrapesLate(timings: MonitoringTimings): Alert {
  const fastJobs = SCRAPE_JOBS.filter(({ scrapeClass, module }) => scrapeClass === 'fast' && module === undefined);
  const up = `up{job=~"${fastJobs.map(({ name }) => name).join('|')}"}`;
  const windowMs = EXPECTED_SCRAPES * scrapeClassIntervalMs(timings, 'fast');
  const few = `count_over_time(${up}[${promDuration(windowMs)}]) < ${EXPECTED_SCRAPES * MIN_SCRAPED_RATIO}`;
  const started = `process_start_time_seconds{job="prometheus",instance="${OWN_PROMETHEUS}"}`;
  const own = `up{job="prometheus",instance="${OWN_PROMETHEUS}"}`;
  const startedAt = (value: Series[string]): Series => ({
    [`process_start_time_seconds{host="mon1",instance="${OWN_PROMETHEUS}",job="prometheus"}`]: value,
  });
  // One sample every four seconds instead of two.
  const late: Series[string] = [
    [1, 20],
    ...Array.from({ length: 35 }, () => [[1, 2] as const, ['missing', 2] as const] as const).flat(),
  ];
  const half = (samples: Series[string], other: Series[string]): Series => ({
    ...startedAt(always(-1_000)),
    'up{host="app1",job="app"}': samples,
    'up{host="app2",job="app"}': samples,
    'up{host="lb1",job="haproxy"}': other,
  });
  return {
    ...COMMON,
    name: 'ScrapesLate',
    // A Prometheus that has just started has no complete window yet.
    expr: `max by (host) (${own} == 1) * on () group_left () (count(${few}) / count(${up}) > 0.5)\nand on (host) (time() - ${started} > ${(2 * windowMs) / 1000})`,
    onAbsent: { coveredBy: 'MonitorLost' },
    summary: 'Prometheus on {{ $labels.host }} scrapes too rarely',
    description: `Prometheus on {{ $labels.host }} has fewer than ${MIN_SCRAPED_RATIO * 100} % of the expected samples of most targets. It is short of CPU time, and its alerts are late.`,
    cases: [
      slowCase(fires('most targets are scraped half as often', half(late, always(1)), { labels: { host: 'mon1' } })),
      quiet('one of three targets is scraped half as often', half(always(1), late)),
      absent('nothing is scraped', startedAt(always(-1_000))),
      {
        kind: 'resolves',
        title: 'the targets are scraped in time again',
        series: half([...late.slice(0, 41), [1, 60]], always(1)),
        expect: [{ atS: 156, alerts: [] }],
        firing: [{ atS: 120, count: 1 }],
      },
    ],
  };
}

/** Maximum share of its timeout that a scrape may take: a slightly slower one fails. */
const MAX_TIMEOUT_RATIO = 0.8;

function scrapeSlow(timings: MonitoringTimings): Alert {
  const longTimeoutJobs = SCRAPE_JOBS.filter(({ timeoutIsInterval }) => timeoutIsInterval === true);
  const slow = (selector: string, timeoutMs: number): string =>
    `max by (job, host) (min_over_time(scrape_duration_seconds{${selector}}[${promDuration(3 * timings.slowScrapeIntervalMs)}])) > ${(MAX_TIMEOUT_RATIO * timeoutMs) / 1000}`;
  const took = (samples: Series[string]): Series => ({
    'scrape_duration_seconds{host="db1",job="mysql"}': samples,
    'up{host="db1",job="mysql"}': always(1),
  });
  return {
    ...COMMON,
    name: 'ScrapeSlow',
    // A failed scrape takes as long as its timeout; TargetDown reports it.
    expr: `(${anyOf(
      slow(`job!~"${longTimeoutJobs.map(({ name }) => name).join('|')}"`, timings.scrapeIntervalMs),
      ...longTimeoutJobs.map(({ name, scrapeClass }) =>
        slow(`job="${name}"`, scrapeClassIntervalMs(timings, scrapeClass)),
      ),
    )})\nand on (job, host) (min by (job, host) (up) == 1)`,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'Scrapes of {{ $labels.job }} on {{ $labels.host }} are close to their timeout',
    description: `Every scrape of {{ $labels.job }} on {{ $labels.host }} takes at least {{ $value | humanize }} s, more than ${MAX_TIMEOUT_RATIO * 100} % of its timeout. A slightly slower scrape would fail.`,
    cases: [
      slowCase(
        fires('every scrape takes 1.9 s', took(always(1.9)), {
          labels: { job: 'mysql', host: 'db1' },
          value: '1.9',
        }),
      ),
      quiet(
        'every second scrape takes 1.9 s',
        took(Array.from({ length: 40 }, () => [[0.1, 2] as const, [1.9, 2] as const]).flat()),
      ),
      absent('nothing is scraped', {}),
      {
        kind: 'resolves',
        title: 'scrapes are fast again',
        series: took([
          [1.9, 130],
          [0.1, 30],
        ]),
        expect: [{ atS: 140, alerts: [] }],
        firing: [{ atS: 120, count: 1 }],
      },
    ],
  };
}

function samplesRejected(timings: MonitoringTimings): Alert {
  const window = promDuration(5 * timings.monitorScrapeIntervalMs);
  const reasons = ['sample_out_of_order', 'sample_duplicate_timestamp', 'sample_out_of_bounds'];
  const series = (samples: Series[string]): Series => ({
    'prometheus_target_scrapes_sample_out_of_order_total{host="mon1",job="prometheus"}': samples,
  });
  return {
    ...COMMON,
    name: 'SamplesRejected',
    expr: anyOf(
      ...reasons.map((reason) => `sum by (host) (rate(prometheus_target_scrapes_${reason}_total[${window}])) > 0`),
    ),
    onAbsent: { coveredBy: 'MonitorLost' },
    summary: 'Prometheus on {{ $labels.host }} rejects samples',
    description:
      'Prometheus on {{ $labels.host }} rejects {{ $value | humanize }} samples per second: their timestamps are out of order, duplicate or out of bounds. A clock was set back, or two targets expose the same series.',
    cases: [
      slowCase(fires('samples are out of order', series(counts([0, 20], [2, 140])), { ...ON_MON1, value: '2' })),
      quiet('one sample was rejected once', series(counts([0, 20], [0.5, 2], [0, 138]))),
      absent('no Prometheus is scraped', {}),
      slowCase(
        resolves('no sample is rejected any more', series(counts([0, 20], [2, 100], [0, 40])), {
          ...ON_MON1,
          value: '2',
        }),
      ),
    ],
  };
}

/** The rule group that is named by the hash of all rules: alerts/render-rules.ts. */
const GROUP_OF_SET = '.*;rules-[0-9a-f]+';
const setOf = (host: string, hash: string): string =>
  `prometheus_rule_group_rules{host="${host}",job="prometheus",rule_group="/etc/holdfast-alerts/set.yaml;rules-${hash}"}`;

const rulesDiffer: Alert = {
  ...COMMON,
  name: 'MonitorRulesDiffer',
  expr: `count(count by (rule_group) (prometheus_rule_group_rules{rule_group=~"${GROUP_OF_SET}"})) > 1`,
  onAbsent: { coveredBy: 'MonitorLost' },
  summary: 'The monitors evaluate different rules',
  description:
    'The Prometheus servers evaluate {{ $value }} different sets of rules, for longer than an update takes. One of them lacks the newest alerts; if the other one is lost, these alerts are missing.',
  cases: [
    slowCase(
      fires(
        'one monitor was not updated',
        {
          [setOf('mon1', 'aa')]: always(1),
          [setOf('mon2', 'aa')]: step(1, null),
          [setOf('mon2', 'bb')]: step(null, 1),
        },
        { labels: {}, value: '2' },
      ),
    ),
    quiet('the monitors are updated one after the other', {
      [setOf('mon1', 'aa')]: step(1, null),
      [setOf('mon1', 'bb')]: step(null, 1),
      [setOf('mon2', 'aa')]: [
        [1, 50],
        [null, 110],
      ],
      [setOf('mon2', 'bb')]: [
        [null, 50],
        [1, 110],
      ],
    }),
    absent('no Prometheus is scraped', {}),
    slowCase(
      resolves(
        'the other monitor is updated too',
        {
          [setOf('mon1', 'aa')]: always(1),
          [setOf('mon2', 'bb')]: [
            [1, 120],
            [null, 40],
          ],
          [setOf('mon2', 'aa')]: [
            [null, 120],
            [1, 40],
          ],
        },
        { labels: {}, value: '2' },
      ),
    ),
  ],
};
