import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, fires, quiet, resolves } from '../alert-case.ts';
import type { Alert } from '../alert.ts';
import { anyOf, onHost } from '../promql.ts';

/** Fewer requests than this prove nothing by the absence of their lines. */
const MIN_REQUESTS_PER_SECOND = 1;
/** A line now and then that is odd or lost is no news, however few others there are: a few of them while one is looked for. */
const MIN_MISSING_PER_SECOND = 0.2;
/** Share of lines without which the counts of requests mislead. */
const MAX_MISSING_RATIO = 0.01;

/** The lines that Nginx and HAProxy send for each request: numbers made from them are worth as much as their arrival. */
export function accessLogAlerts(topology: Topology): readonly Alert[] {
  const { monitoring } = topology.profile;
  return [silent(monitoring), incomplete(monitoring)];
}

/** Longer than requests are looked at, so that the end of traffic is no silence; three scrapes. */
const lineWindow = (watch: MonitoringTimings): string => promDuration(3 * watch.detailScrapeIntervalMs);

/** Requests that have just begun are counted elsewhere up to one scrape before their lines are. */
const outlastsDetail = (watch: MonitoringTimings): number =>
  watch.detailScrapeIntervalMs + 2 * watch.evaluationIntervalMs;

function silent(watch: MonitoringTimings): Alert {
  const lines = lineWindow(watch);
  const requests = promDuration(2 * watch.detailScrapeIntervalMs);
  const named = (job: string, expression: string): string =>
    `label_replace(${expression}, "job", "${job}", "", "")\nand on (host) sum by (host) (rate(${job === 'nginx-log' ? 'nginx' : 'haproxy'}_log_lines_total[${lines}])) == 0`;
  return {
    name: 'AccessLogSilent',
    domain: 'monitor',
    severity: 'warning',
    owner: 'monitoring',
    expr: anyOf(
      // Health checks pass the other frontends, too, and have no lines.
      named(
        'haproxy-log',
        `sum by (host) (rate(haproxy_frontend_http_requests_total{proxy="app-pool"}[${requests}])) > ${MIN_REQUESTS_PER_SECOND}`,
      ),
      named(
        'haproxy-log',
        `sum by (host) (rate(haproxy_backend_http_requests_total{proxy="varnish"}[${requests}])) > ${MIN_REQUESTS_PER_SECOND}`,
      ),
      named(
        'nginx-log',
        onHost(
          'server',
          `sum by (server) (rate(haproxy_log_requests_total{backend="web"}[${requests}])) > ${MIN_REQUESTS_PER_SECOND}`,
        ),
      ),
    ),
    forMs: outlastsDetail,
    // The exporter that counts the lines is what is missing then.
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'No access-log lines from {{ $labels.host }} ({{ $labels.job }})',
    description:
      '{{ $labels.host }} serves requests, but no access-log line of them has arrived for a while. Latencies and errors by route and server are not counted.',
    cases: [
      fires(
        'HAProxy counts requests of which nobody hears',
        { [asked('lb1')]: counts([50, 160]), [linesOf('haproxy', 'lb1')]: counts([150, 20], [0, 140]) },
        { labels: { host: 'lb1', job: 'haproxy-log' } },
      ),
      fires(
        'an edge counts requests of which no line arrives',
        {
          'haproxy_backend_http_requests_total{host="edge1",job="haproxy",proxy="varnish",tier="edge"}': counts([
            20, 160,
          ]),
          [linesOf('haproxy', 'edge1')]: counts([20, 20], [0, 140]),
        },
        { labels: { host: 'edge1', job: 'haproxy-log' } },
      ),
      fires(
        'a web host sends nothing, and the load balancer tells that it was asked',
        {
          [asked('lb1')]: counts([50, 160]),
          [linesOf('haproxy', 'lb1')]: counts([150, 160]),
          [passed('web1')]: counts([25, 160]),
          [passed('web2')]: counts([25, 160]),
          [linesOf('nginx', 'web1')]: counts([25, 160]),
          [linesOf('nginx', 'web2')]: counts([25, 20], [0, 140]),
        },
        { labels: { host: 'web2', job: 'nginx-log' } },
      ),
      quiet('nobody asks anything', {
        [asked('lb2')]: counts([0, 160]),
        [linesOf('haproxy', 'lb2')]: counts([0, 160]),
      }),
      quiet('traffic begins, and the lines are scraped later', {
        [asked('lb1')]: counts([0, 20], [50, 140]),
        [linesOf('haproxy', 'lb1')]: counts([0, 26], [150, 134]),
      }),
      quiet('traffic ends', {
        [asked('lb1')]: counts([50, 40], [0, 120]),
        [linesOf('haproxy', 'lb1')]: counts([150, 40], [0, 120]),
      }),
      absent('nobody counts lines', { [asked('lb1')]: counts([50, 160]) }),
      resolves(
        'lines come again',
        { [asked('lb1')]: counts([50, 160]), [linesOf('haproxy', 'lb1')]: counts([150, 20], [0, 40], [150, 100]) },
        { labels: { host: 'lb1', job: 'haproxy-log' } },
      ),
    ],
  };
}

function incomplete(watch: MonitoringTimings): Alert {
  const window = lineWindow(watch);
  const share = (missing: string, all: string): string =>
    `(sum by (job, host) (rate(${missing}[${window}])) > ${MIN_MISSING_PER_SECOND}) / sum by (job, host) (rate(${all}[${window}])) > ${MAX_MISSING_RATIO}`;
  return {
    name: 'AccessLogIncomplete',
    domain: 'monitor',
    severity: 'warning',
    owner: 'monitoring',
    expr: anyOf(
      share('nginx_log_lines_malformed_total', 'nginx_log_lines_total'),
      share('haproxy_log_lines_malformed_total', 'haproxy_log_lines_total'),
      share('haproxy_log_lines_lost_total', 'haproxy_log_lines_total'),
    ),
    forMs: outlastsDetail,
    onAbsent: { coveredBy: 'TargetDown' },
    summary:
      '{{ $value | humanizePercentage }} of the access-log lines from {{ $labels.host }} are lost or unreadable ({{ $labels.job }})',
    description: `{{ $value | humanizePercentage }} of the access-log lines from {{ $labels.host }} are lost or unreadable (limit ${MAX_MISSING_RATIO * 100} %). Request counts by route and server are too low.`,
    cases: [
      fires(
        'lines are in a form that the exporter does not know',
        {
          [linesOf('nginx', 'web1')]: counts([100, 160]),
          [bad('nginx', 'web1', 'malformed')]: counts([0, 20], [20, 140]),
        },
        { labels: { host: 'web1', job: 'nginx-log' }, value: '20%' },
      ),
      fires(
        'lines are lost on the way',
        {
          [linesOf('haproxy', 'lb1')]: counts([100, 160]),
          [bad('haproxy', 'lb1', 'lost')]: counts([0, 20], [50, 140]),
        },
        { labels: { host: 'lb1', job: 'haproxy-log' }, value: '50%' },
      ),
      quiet('some line among hundreds is lost', {
        [linesOf('haproxy', 'lb1')]: counts([400, 160]),
        [bad('haproxy', 'lb1', 'lost')]: counts([1, 160]),
      }),
      quiet('one of few lines is odd', {
        [linesOf('nginx', 'web1')]: counts([0.5, 160]),
        [bad('nginx', 'web1', 'malformed')]: counts([0, 20], [0.5, 2], [0, 138]),
      }),
      fires(
        'half of few lines are lost',
        { [linesOf('haproxy', 'lb1')]: counts([1, 160]), [bad('haproxy', 'lb1', 'lost')]: counts([0, 20], [0.5, 140]) },
        { labels: { host: 'lb1', job: 'haproxy-log' }, value: '50%' },
      ),
      quiet('there are no lines at all', {
        [linesOf('nginx', 'web1')]: counts([0, 160]),
        [bad('nginx', 'web1', 'malformed')]: counts([0, 160]),
      }),
      absent('nobody counts lines', { 'up{host="web1",job="nginx-log"}': always(1) }),
      resolves(
        'the exporter knows the form again',
        {
          [linesOf('nginx', 'web1')]: counts([100, 160]),
          [bad('nginx', 'web1', 'malformed')]: counts([0, 20], [100, 40], [0, 100]),
        },
        { labels: { host: 'web1', job: 'nginx-log' }, value: '100%' },
      ),
    ],
  };
}

const asked = (host: string): string =>
  `haproxy_frontend_http_requests_total{host="${host}",job="haproxy",proxy="app-pool"}`;
const passed = (server: string): string =>
  `haproxy_log_requests_total{backend="web",code="2xx",host="lb1",job="haproxy-log",proxy="http",server="${server}",termination="--"}`;
const linesOf = (server: 'nginx' | 'haproxy', host: string): string =>
  `${server}_log_lines_total{host="${host}",job="${server}-log"}`;
const bad = (server: 'nginx' | 'haproxy', host: string, how: 'malformed' | 'lost'): string =>
  `${server}_log_lines_${how}_total{host="${host}",job="${server}-log"}`;
