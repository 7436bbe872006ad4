import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, counts, dip, blip, fires, OWN_UP, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, ignoresStaleSelfSamples, selfFor } from '../alert.ts';
import { HOST_LOST_ALERTS } from '../../deploy/tiers/monitor/inhibitions.ts';
import { PROBED_JOBS, SCRAPE_JOBS } from '../../deploy/model/scrape-jobs.ts';
import { CATALOG } from '../../exporters/catalog/catalog.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absentPerHost, anyOf, somethingScraped, unlessFiring } from '../promql.ts';

/** Alerts of the monitors about each other and about alert delivery to the mailbox. */
export function monitorAlerts(topology: Topology): readonly Alert[] {
  return [monitorLost(topology), notificationsFailing(topology), targetDown(topology), watchdog(topology)];
}

const up = (host: string, job: string): string => `up{host="${host}",job="${job}"}`;
const on = (host: string) => ({ labels: { host } });

function monitorLost(topology: Topology): Alert {
  const monitors = hostsOf(topology, 'monitor');
  return {
    name: 'MonitorLost',
    domain: 'monitor',
    severity: 'critical',
    owner: 'monitoring',
    expr: anyOf(
      'min by (host) (up{job=~"prometheus|alertmanager"}) == 0',
      absentPerHost(monitors, (host) => `up{job="prometheus",host="${host}"}`),
      absentPerHost(monitors, (host) => `up{job="alertmanager",host="${host}"}`),
    ),
    forMs: selfFor,
    onAbsent: 'fires',
    summary: 'Prometheus or Alertmanager on {{ $labels.host }} is down',
    description:
      'Prometheus or Alertmanager on {{ $labels.host }} does not respond. Only the other monitor host sends alerts.',
    cases: [
      fires(
        'one Alertmanager is down',
        {
          ...Object.fromEntries(['mon1', 'mon2'].map((host) => [up(host, 'prometheus'), always(1)])),
          [up('mon1', 'alertmanager')]: always(1),
          [up('mon2', 'alertmanager')]: step(1, 0),
        },
        on('mon2'),
      ),
      quiet('all respond', ALL_MONITORS_UP),
      quiet('one scrape is missed', {
        ...ALL_MONITORS_UP,
        [up('mon2', 'prometheus')]: blip(1, 0, topology.profile.monitoring.monitorScrapeIntervalMs),
      }),
      absent(
        'one host is not scraped',
        { [up('mon1', 'prometheus')]: always(1), [up('mon1', 'alertmanager')]: always(1) },
        on('mon2'),
      ),
      resolves('it responds again', { ...ALL_MONITORS_UP, [up('mon1', 'prometheus')]: dip(1, 0) }, on('mon1')),
    ],
  };
}

const ALL_MONITORS_UP = Object.fromEntries(
  ['mon1', 'mon2'].flatMap((host) => ['prometheus', 'alertmanager'].map((job) => [up(host, job), always(1)])),
);

function notificationsFailing(topology: Topology): Alert {
  const { monitoring } = topology.profile;
  const maxAgeS = (3 * monitoring.groupIntervalMs) / 1000;
  const window = promDuration(monitoring.monitorScrapeIntervalMs * 5);
  // A dead letter stays in its queue: the alert fires for this long after it was added, then resolves.
  const deadLetterWindow = promDuration(monitoring.groupIntervalMs * 60);
  return {
    name: 'NotificationsFailing',
    domain: 'monitor',
    severity: 'critical',
    owner: 'monitoring',
    expr: unlessFiring(
      ['MonitorLost'],
      `max by (host) (holdfast_notifier_oldest_queued_age_seconds) > ${maxAgeS}`,
      `max by (host) (holdfast_notifier_dead_letters - min_over_time(holdfast_notifier_dead_letters[${deadLetterWindow}])) > 0`,
      `sum by (host) (rate(alertmanager_notifications_failed_total{integration="webhook"}[${window}])) > 0`,
      'min by (host) (up{job="notifier"}) == 0',
      absentPerHost(hostsOf(topology, 'monitor'), (host) => `up{job="notifier",host="${host}"}`),
    ),
    // Later than MonitorLost, which is more specific.
    forMs: ignoresStaleSelfSamples,
    onAbsent: 'fires',
    summary: 'Notifications from {{ $labels.host }} are not delivered',
    description:
      'On {{ $labels.host }}, the notifier does not respond, its mails are queued or refused, or it receives nothing from Alertmanager. Mail may be late: check the web UI of Alertmanager.',
    cases: [
      fires(
        'mails are queued because the mail host is down',
        { ...ALL_NOTIFIERS_UP, [age('mon1')]: [[0, 20], ...counts([1, 100])] },
        on('mon1'),
      ),
      fires(
        'Alertmanager cannot reach the notifier',
        {
          ...ALL_NOTIFIERS_UP,
          'alertmanager_notifications_failed_total{host="mon2",integration="webhook"}': counts([0, 20], [0.2, 100]),
        },
        on('mon2'),
      ),
      fires(
        'a mail is dead-lettered soon after the start of the notifier',
        { ...ALL_NOTIFIERS_UP, 'holdfast_notifier_dead_letters{host="mon1"}': step(0, 1) },
        on('mon1'),
      ),
      quiet('mails are sent with a short delay', {
        ...ALL_NOTIFIERS_UP,
        [age('mon1')]: dip(0, 8, 10),
        'holdfast_notifier_dead_letters{host="mon1"}': always(1),
      }),
      absent('a notifier is not scraped', { ...ALL_MONITORS_UP, [up('mon1', 'notifier')]: always(1) }, on('mon2')),
      resolves('the notifier is back', { ...ALL_NOTIFIERS_UP, [up('mon2', 'notifier')]: dip(1, 0) }, on('mon2')),
    ],
  };
}

/** Includes the monitors: the alert does not fire while MonitorLost does. */
const ALL_NOTIFIERS_UP = {
  ...ALL_MONITORS_UP,
  [up('mon1', 'notifier')]: always(1),
  [up('mon2', 'notifier')]: always(1),
};
const age = (host: string): string => `holdfast_notifier_oldest_queued_age_seconds{host="${host}"}`;

/** Jobs that are probed by the exporter next to Prometheus, instead of scraped directly. */
const PROBED = namesOf(PROBED_JOBS);
const SLOW_JOBS = namesOf(PROBED_JOBS.filter(({ scrapeClass }) => scrapeClass === 'slow'));
const FREQUENT_JOBS = PROBED_JOBS.filter(({ scrapeClass }) => scrapeClass !== 'slow');
const DIRECT_DOWN = `up{job!~"${PROBED}"}`;

/**
 * If a host goes down with several processes, only one of their jobs alerts (`inhibitedByJob`). If that job fails later than another one, the
 * alert of the other job resolves and the alert of that job fires instead.
 */
const INHIBITED_JOBS = SCRAPE_JOBS.flatMap(({ name, inhibitedByJob }) =>
  inhibitedByJob === undefined ? [] : [{ name, inhibitedByJob }],
);
const INDEPENDENT_DOWN = `up{job!~"${[PROBED, ...INHIBITED_JOBS.map(({ name }) => name)].join('|')}"}`;
const INHIBITED_DOWN = INHIBITED_JOBS.map(
  ({ name, inhibitedByJob }) =>
    `(min by (job, host) (up{job="${name}"}) == 0) unless on (host) (min by (host) (up{job="${inhibitedByJob}"}) == 0)`,
);

const UNLESS_EXPORTER_DOWN = 'unless on () (min(up{job="exporter"}) == 0)';

function namesOf(jobs: typeof PROBED_JOBS): string {
  return jobs.map(({ name }) => name).join('|');
}

/** `*_up` of the exporters of all frequently scraped jobs. Probes have no such metric: their failure is their result. */
const UNREACHABLE = FREQUENT_JOBS.flatMap(({ name }) => {
  const metrics = CATALOG.find(({ job }) => job === name)?.metrics ?? {};
  const upMetric = Object.keys(metrics).find((metric) => metric.endsWith('_up') && isOfScrape(metric, metrics));
  if (upMetric === undefined) return [];
  const unreachable = `min by (job, host) (${upMetric}{job="${name}"}) == 0`;
  // Excludes hosts for which the alert fires already because of a process.
  return [name === 'host' ? `(${unreachable}) unless on (host) (min by (host) (${DIRECT_DOWN}) == 0)` : unreachable];
});

/** Whether a metric is the `*_up` of the exporter framework: other metrics may have the same suffix. */
function isOfScrape(metric: string, metrics: object): boolean {
  return metric.replace(/_up$/, '_scrape_collector_success') in metrics;
}

const targetDown = ({ profile: { monitoring } }: Topology): Alert => ({
  name: 'TargetDown',
  domain: 'monitor',
  severity: 'warning',
  owner: 'monitoring',
  expr: unlessFiring(
    [...HOST_LOST_ALERTS, 'NotificationsFailing'],
    `min by (job, host) (${INDEPENDENT_DOWN}) == 0`,
    ...INHIBITED_DOWN,
    // An exporter that is down alerts once, not for each of its targets.
    `(min by (job, host) (up{job=~"${namesOf(FREQUENT_JOBS)}"}) == 0) ${UNLESS_EXPORTER_DOWN}`,
    // A failed scrape of a slow job counts longer than the `for:` duration, so two in a row must fail.
    `(max by (job, host) (max_over_time(up{job=~"${SLOW_JOBS}"}[${promDuration(2 * monitoring.slowScrapeIntervalMs)}])) == 0) ${UNLESS_EXPORTER_DOWN}`,
    ...UNREACHABLE,
  ),
  // Later than the more specific alerts.
  forMs: ignoresStaleSelfSamples,
  onAbsent: { coveredBy: 'MonitorLost' },
  summary: '{{ $labels.job }} on {{ $labels.host }} cannot be scraped',
  description:
    'Prometheus gets no metrics from {{ $labels.job }} on {{ $labels.host }}. The process, the host or the network is down.',
  cases: [
    fires(
      'an agent is down while the host is up',
      { [up('lb1', 'haproxy')]: always(1), [up('lb1', 'db-role')]: step(1, 0) },
      { labels: { job: 'db-role', host: 'lb1' } },
    ),
    fires(
      'the host-metrics endpoint is down while the services of the host are up',
      { [up('web1', 'host')]: always(1), 'host_up{host="web1",job="host"}': step(1, 0) },
      { labels: { job: 'host', host: 'web1' } },
    ),
    fires(
      'an exporter is down, with all its targets',
      {
        ...ALL_NOTIFIERS_UP,
        [up('mon1', 'exporter')]: step(1, 0),
        [up('web1', 'host')]: step(1, 0),
        [up('db1', 'mysql')]: step(1, 0),
        'host_up{host="web1",job="host"}': step(1, null),
      },
      { labels: { job: 'exporter', host: 'mon1' } },
    ),
    fires(
      'the mail host is down: one alert',
      {
        [up('mail1', 'mailbox')]: step(1, 0),
        [up('mail1', 'deadman')]: step(1, 0),
        [up('mail1', 'host')]: always(1),
        'host_up{host="mail1",job="host"}': step(1, 0),
      },
      { labels: { job: 'mailbox', host: 'mail1' } },
    ),
    fires(
      "only the dead man's switch is down",
      { [up('mail1', 'mailbox')]: always(1), [up('mail1', 'deadman')]: step(1, 0) },
      { labels: { job: 'deadman', host: 'mail1' } },
    ),
    fires(
      'the trace host is down, detected for its two processes one after the other: one alert',
      {
        [up('trace1', 'trace-logs')]: step(1, 0),
        // Scraped just before the host went down, so the next scrape is almost an interval later.
        [up('trace1', 'zipkin')]: [
          [1, 28],
          [0, 132],
        ],
      },
      { labels: { job: 'zipkin', host: 'trace1' } },
    ),
    fires(
      'only the trace log store is down',
      { [up('trace1', 'zipkin')]: always(1), [up('trace1', 'trace-logs')]: step(1, 0) },
      { labels: { job: 'trace-logs', host: 'trace1' } },
    ),
    quiet('two scrapes are missed', { [up('lb1', 'db-role')]: blip(1, 0, 2 * monitoring.scrapeIntervalMs) }),
    fires(
      'an exporter responds, but not for one of its targets',
      { [up('mon1', 'exporter')]: always(1), [up('web1', 'nginx')]: step(1, 0) },
      { labels: { job: 'nginx', host: 'web1' } },
    ),
    quiet('a more specific alert is firing', { [up('mon2', 'alertmanager')]: step(1, 0) }),
    absent('nothing is scraped', {}),
    quiet('one scrape of a slow job fails', {
      [up('db1', 'mysql-detail')]: blip(1, 0, monitoring.slowScrapeIntervalMs),
    }),
    resolves('it is back', { [up('mail1', 'mailbox')]: dip(1, 0) }, { labels: { job: 'mailbox', host: 'mail1' } }),
  ],
});

function watchdog(topology: Topology): Alert {
  return {
    name: 'Watchdog',
    domain: 'monitor',
    severity: 'none',
    owner: 'monitoring',
    expr: `vector(1) and on () (${somethingScraped(topology)})`,
    forMs: () => 0,
    // The notifiers report its absence themselves.
    onAbsent: { coveredBy: 'WatchdogSilent' },
    summary: 'Alert delivery from Prometheus to the notifiers works',
    description:
      'Fires as long as Prometheus scrapes any target. A notifier that does not receive it mails WatchdogSilent.',
    cases: [
      {
        kind: 'fires',
        title: 'at least one target is scraped',
        series: {},
        expect: [{ atS: 4, alerts: [{ labels: {} }] }],
      },
      absent('nothing is scraped', { [OWN_UP]: always(null) }),
    ],
  };
}
