import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, counts, dip, blip, fires, OWN_UP, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, outlastsStaleMonitors, usualForMonitors } from '../alert.ts';
import { HOST_LOST_ALERTS } from '../../deploy/tiers/monitor/inhibitions.ts';
import { PROBED_JOBS, SCRAPE_JOBS } from '../../deploy/model/scrape-jobs.ts';
import { CATALOG } from '../../exporters/catalog/catalog.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absentPerHost, anyOf, somethingScraped, unlessToldBy } from '../promql.ts';

/** The monitors watch each other, and the way of a notification to the mailbox. */
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
    forMs: usualForMonitors,
    onAbsent: 'fires',
    summary: 'Prometheus or Alertmanager on {{ $labels.host }} is down',
    description:
      'Prometheus or Alertmanager on {{ $labels.host }} does not respond. Only the other monitor host sends alerts.',
    cases: [
      fires(
        'one Alertmanager is gone',
        {
          ...Object.fromEntries(['mon1', 'mon2'].map((host) => [up(host, 'prometheus'), always(1)])),
          [up('mon1', 'alertmanager')]: always(1),
          [up('mon2', 'alertmanager')]: step(1, 0),
        },
        on('mon2'),
      ),
      quiet('all answer', ALL_MONITORS_UP),
      quiet('one scrape is lost', {
        ...ALL_MONITORS_UP,
        [up('mon2', 'prometheus')]: blip(1, 0, topology.profile.monitoring.monitorScrapeIntervalMs),
      }),
      absent(
        'one host is scraped by nobody',
        { [up('mon1', 'prometheus')]: always(1), [up('mon1', 'alertmanager')]: always(1) },
        on('mon2'),
      ),
      resolves('it answers again', { ...ALL_MONITORS_UP, [up('mon1', 'prometheus')]: dip(1, 0) }, on('mon1')),
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
  // A mail that was put aside stays there: it is told for so long, and then it is somebody's or nobody's.
  const told = promDuration(monitoring.groupIntervalMs * 60);
  return {
    name: 'NotificationsFailing',
    domain: 'monitor',
    severity: 'critical',
    owner: 'monitoring',
    expr: unlessToldBy(
      ['MonitorLost'],
      `max by (host) (holdfast_notifier_oldest_queued_age_seconds) > ${maxAgeS}`,
      `max by (host) (holdfast_notifier_dead_mails - min_over_time(holdfast_notifier_dead_mails[${told}])) > 0`,
      `sum by (host) (rate(alertmanager_notifications_failed_total{integration="webhook"}[${window}])) > 0`,
      'min by (host) (up{job="notifier"}) == 0',
      absentPerHost(hostsOf(topology, 'monitor'), (host) => `up{job="notifier",host="${host}"}`),
    ),
    // Later than MonitorLost, which says more.
    forMs: outlastsStaleMonitors,
    onAbsent: 'fires',
    summary: 'Notifications from {{ $labels.host }} are not delivered',
    description:
      'On {{ $labels.host }}, the notifier does not respond, its mails are queued or refused, or it receives nothing from Alertmanager. Mail may be late: check the web UI of Alertmanager.',
    cases: [
      fires(
        'mails wait since the mail host is gone',
        { ...ALL_NOTIFIERS_UP, [age('mon1')]: [[0, 20], ...counts([1, 100])] },
        on('mon1'),
      ),
      fires(
        'Alertmanager cannot hand them over',
        {
          ...ALL_NOTIFIERS_UP,
          'alertmanager_notifications_failed_total{host="mon2",integration="webhook"}': counts([0, 20], [0.2, 100]),
        },
        on('mon2'),
      ),
      fires(
        'a mail was refused for good, soon after the notifier was started',
        { ...ALL_NOTIFIERS_UP, 'holdfast_notifier_dead_mails{host="mon1"}': step(0, 1) },
        on('mon1'),
      ),
      quiet('mails go out, each after a moment', {
        ...ALL_NOTIFIERS_UP,
        [age('mon1')]: dip(0, 8, 10),
        'holdfast_notifier_dead_mails{host="mon1"}': always(1),
      }),
      absent(
        'a notifier is scraped by nobody',
        { ...ALL_MONITORS_UP, [up('mon1', 'notifier')]: always(1) },
        on('mon2'),
      ),
      resolves('the notifier is back', { ...ALL_NOTIFIERS_UP, [up('mon2', 'notifier')]: dip(1, 0) }, on('mon2')),
    ],
  };
}

/** MonitorLost must be quiet for this to be told. */
const ALL_NOTIFIERS_UP = {
  ...ALL_MONITORS_UP,
  [up('mon1', 'notifier')]: always(1),
  [up('mon2', 'notifier')]: always(1),
};
const age = (host: string): string => `holdfast_notifier_oldest_queued_age_seconds{host="${host}"}`;

/** What Prometheus asks itself, and what the exporter beside it looks at for it. */
const PROBED = namesOf(PROBED_JOBS);
const SELDOM = namesOf(PROBED_JOBS.filter(({ pace }) => pace === 'seldom'));
const OFTEN_JOBS = PROBED_JOBS.filter(({ pace }) => pace !== 'seldom');
const DIRECT_DOWN = `up{job!~"${PROBED}"}`;

/**
 * A host that is lost with several processes is told once, by the one that the others are told with: where that one is lost later than another, the
 * other is told as over, and the one in its place.
 */
const LED = SCRAPE_JOBS.flatMap(({ name, inhibitedByJob }) =>
  inhibitedByJob === undefined ? [] : [{ name, inhibitedByJob }],
);
const LEADING_DOWN = `up{job!~"${[PROBED, ...LED.map(({ name }) => name)].join('|')}"}`;
const LED_DOWN = LED.map(
  ({ name, inhibitedByJob }) =>
    `(min by (job, host) (up{job="${name}"}) == 0) unless on (host) (min by (host) (up{job="${inhibitedByJob}"}) == 0)`,
);

const UNLESS_EXPORTER_GONE = 'unless on () (min(up{job="exporter"}) == 0)';

function namesOf(jobs: typeof PROBED_JOBS): string {
  return jobs.map(({ name }) => name).join('|');
}

/** Of each kind of target that is looked at often, whether the exporter reached it. A probe has no such metric: not to reach is what it tells. */
const UNREACHED = OFTEN_JOBS.flatMap(({ name }) => {
  const metrics = CATALOG.find(({ job }) => job === name)?.metrics ?? {};
  const reached = Object.keys(metrics).find((metric) => metric.endsWith('_up') && isOfScrape(metric, metrics));
  if (reached === undefined) return [];
  const unreached = `min by (job, host) (${reached}{job="${name}"}) == 0`;
  // A host of which a process is missing already tells nothing new.
  return [name === 'host' ? `(${unreached}) unless on (host) (min by (host) (${DIRECT_DOWN}) == 0)` : unreached];
});

/** Whether it is the one that the exporter kit makes: other metrics may end like it. */
function isOfScrape(metric: string, metrics: object): boolean {
  return metric.replace(/_up$/, '_scrape_collector_success') in metrics;
}

const targetDown = ({ profile: { monitoring } }: Topology): Alert => ({
  name: 'TargetDown',
  domain: 'monitor',
  severity: 'warning',
  owner: 'monitoring',
  expr: unlessToldBy(
    [...HOST_LOST_ALERTS, 'NotificationsFailing'],
    `min by (job, host) (${LEADING_DOWN}) == 0`,
    ...LED_DOWN,
    // An exporter that is gone is told once, not for everything that it would have looked at.
    `(min by (job, host) (up{job=~"${namesOf(OFTEN_JOBS)}"}) == 0) ${UNLESS_EXPORTER_GONE}`,
    // One look that failed stays true longer than this alert waits.
    `(max by (job, host) (max_over_time(up{job=~"${SELDOM}"}[${promDuration(2 * monitoring.slowScrapeIntervalMs)}])) == 0) ${UNLESS_EXPORTER_GONE}`,
    ...UNREACHED,
  ),
  // Later than the alerts that say more.
  forMs: outlastsStaleMonitors,
  onAbsent: { coveredBy: 'MonitorLost' },
  summary: '{{ $labels.job }} on {{ $labels.host }} cannot be scraped',
  description:
    'Prometheus gets no metrics from {{ $labels.job }} on {{ $labels.host }}. The process, the host or the network is down.',
  cases: [
    fires(
      'an agent is gone while the host works',
      { [up('lb1', 'haproxy')]: always(1), [up('lb1', 'db-role')]: step(1, 0) },
      { labels: { job: 'db-role', host: 'lb1' } },
    ),
    fires(
      'the facts door of a host is shut while what the host is for works',
      { [up('web1', 'host')]: always(1), 'host_up{host="web1",job="host"}': step(1, 0) },
      { labels: { job: 'host', host: 'web1' } },
    ),
    fires(
      'an exporter is gone, with all that it looks at',
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
      'the mailbox is gone with its host, told once',
      {
        [up('mail1', 'mailbox')]: step(1, 0),
        [up('mail1', 'deadman')]: step(1, 0),
        [up('mail1', 'host')]: always(1),
        'host_up{host="mail1",job="host"}': step(1, 0),
      },
      { labels: { job: 'mailbox', host: 'mail1' } },
    ),
    fires(
      'the switch alone is gone',
      { [up('mail1', 'mailbox')]: always(1), [up('mail1', 'deadman')]: step(1, 0) },
      { labels: { job: 'deadman', host: 'mail1' } },
    ),
    fires(
      'the trace host is gone, as is seen of its two processes one after the other, told once',
      {
        [up('trace1', 'logbook')]: step(1, 0),
        // Looked at just before the host was lost, and not again for almost a round.
        [up('trace1', 'zipkin')]: [
          [1, 28],
          [0, 132],
        ],
      },
      { labels: { job: 'zipkin', host: 'trace1' } },
    ),
    fires(
      'the logbook alone is gone',
      { [up('trace1', 'zipkin')]: always(1), [up('trace1', 'logbook')]: step(1, 0) },
      { labels: { job: 'logbook', host: 'trace1' } },
    ),
    quiet('two scrapes are lost', { [up('lb1', 'db-role')]: blip(1, 0, 2 * monitoring.scrapeIntervalMs) }),
    fires(
      'an exporter answers, and not for one of its targets',
      { [up('mon1', 'exporter')]: always(1), [up('web1', 'nginx')]: step(1, 0) },
      { labels: { job: 'nginx', host: 'web1' } },
    ),
    quiet('an alert that says more is firing', { [up('mon2', 'alertmanager')]: step(1, 0) }),
    absent('nothing is scraped', {}),
    quiet('one look at what is asked seldom fails', {
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
    // Its silence is what a notifier reports by itself.
    onAbsent: { coveredBy: 'WatchdogSilent' },
    summary: 'Alert delivery from Prometheus to the notifiers works',
    description:
      'Fires as long as Prometheus scrapes any target. A notifier that does not receive it mails WatchdogSilent.',
    cases: [
      { kind: 'fires', title: 'anything is scraped', series: {}, expect: [{ atS: 4, alerts: [{ labels: {} }] }] },
      absent('nothing is scraped', { [OWN_UP]: always(null) }),
    ],
  };
}
