import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, fires, quiet, resolves } from '../alert-case.ts';
import type { Alert } from '../alert.ts';
import { anyOf, onHost } from '../promql.ts';

/** With fewer requests per second, missing lines are no evidence. */
const MIN_REQUESTS_PER_SECOND = 1;
/** Minimum rate of missing lines: single malformed or lost lines do not alert, however few lines there are. */
const MIN_MISSING_PER_SECOND = 0.2;
/** Share of missing lines above which request counts are misleading. */
const MAX_MISSING_RATIO = 0.01;

/** Alerts about missing access-log lines of Nginx and HAProxy, which make metrics from these lines wrong. */
export function accessLogAlerts(topology: Topology): readonly Alert[] {
  const { monitoring } = topology.profile;
  return [silent(monitoring), incomplete(monitoring)];
}

/** Three scrapes. Longer than the window of the requests, so that the end of traffic does not alert. */
const lineWindow = (timings: MonitoringTimings): string => promDuration(3 * timings.detailScrapeIntervalMs);

/** When traffic begins, other metrics count requests up to one scrape interval before their lines are counted. */
const detailOffsetFor = (timings: MonitoringTimings): number =>
  timings.detailScrapeIntervalMs + 2 * timings.evaluationIntervalMs;

function silent(timings: MonitoringTimings): Alert {
  const lines = lineWindow(timings);
  const requests = promDuration(2 * timings.detailScrapeIntervalMs);
  const withJob = (job: string, expression: string): string =>
    `label_replace(${expression}, "job", "${job}", "", "")\nand on (host) sum by (host) (rate(${job === 'nginx-log' ? 'nginx' : 'haproxy'}_log_lines_total[${lines}])) == 0`;
  return {
    name: 'AccessLogSilent',
    domain: 'monitor',
    severity: 'warning',
    owner: 'monitoring',
    expr: anyOf(
      // Not the other frontends: they also count health checks, which have no lines.
      withJob(
        'haproxy-log',
        `sum by (host) (rate(haproxy_frontend_http_requests_total{proxy="app-pool"}[${requests}])) > ${MIN_REQUESTS_PER_SECOND}`,
      ),
      withJob(
        'haproxy-log',
        `sum by (host) (rate(haproxy_backend_http_requests_total{proxy="varnish"}[${requests}])) > ${MIN_REQUESTS_PER_SECOND}`,
      ),
      withJob(
        'nginx-log',
        onHost(
          'server',
          `sum by (server) (rate(haproxy_log_requests_total{backend="web"}[${requests}])) > ${MIN_REQUESTS_PER_SECOND}`,
        ),
      ),
    ),
    forMs: detailOffsetFor,
    // Then the exporter that counts the lines is down.
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'No access-log lines from {{ $labels.host }} ({{ $labels.job }})',
    description:
      '{{ $labels.host }} serves requests, but no access-log line of them has arrived for a while. Latencies and errors by route and server are not counted.',
    cases: [
      fires(
        'HAProxy counts requests, but no lines arrive',
        { [requestsTo('lb1')]: counts([50, 160]), [linesOf('haproxy', 'lb1')]: counts([150, 20], [0, 140]) },
        { labels: { host: 'lb1', job: 'haproxy-log' } },
      ),
      fires(
        'an edge counts requests, but no lines arrive',
        {
          'haproxy_backend_http_requests_total{host="edge1",job="haproxy",proxy="varnish",tier="edge"}': counts([
            20, 160,
          ]),
          [linesOf('haproxy', 'edge1')]: counts([20, 20], [0, 140]),
        },
        { labels: { host: 'edge1', job: 'haproxy-log' } },
      ),
      fires(
        'a web host sends no lines, although the load balancer sent it requests',
        {
          [requestsTo('lb1')]: counts([50, 160]),
          [linesOf('haproxy', 'lb1')]: counts([150, 160]),
          [passedTo('web1')]: counts([25, 160]),
          [passedTo('web2')]: counts([25, 160]),
          [linesOf('nginx', 'web1')]: counts([25, 160]),
          [linesOf('nginx', 'web2')]: counts([25, 20], [0, 140]),
        },
        { labels: { host: 'web2', job: 'nginx-log' } },
      ),
      quiet('no requests', {
        [requestsTo('lb2')]: counts([0, 160]),
        [linesOf('haproxy', 'lb2')]: counts([0, 160]),
      }),
      quiet('traffic begins, and its lines are scraped later', {
        [requestsTo('lb1')]: counts([0, 20], [50, 140]),
        [linesOf('haproxy', 'lb1')]: counts([0, 26], [150, 134]),
      }),
      quiet('traffic ends', {
        [requestsTo('lb1')]: counts([50, 40], [0, 120]),
        [linesOf('haproxy', 'lb1')]: counts([150, 40], [0, 120]),
      }),
      absent('no metrics of lines', { [requestsTo('lb1')]: counts([50, 160]) }),
      resolves(
        'lines arrive again',
        { [requestsTo('lb1')]: counts([50, 160]), [linesOf('haproxy', 'lb1')]: counts([150, 20], [0, 40], [150, 100]) },
        { labels: { host: 'lb1', job: 'haproxy-log' } },
      ),
    ],
  };
}

function incomplete(timings: MonitoringTimings): Alert {
  const window = lineWindow(timings);
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
    forMs: detailOffsetFor,
    onAbsent: { coveredBy: 'TargetDown' },
    summary:
      '{{ $value | humanizePercentage }} of the access-log lines from {{ $labels.host }} are lost or unreadable ({{ $labels.job }})',
    description: `{{ $value | humanizePercentage }} of the access-log lines from {{ $labels.host }} are lost or unreadable (limit ${MAX_MISSING_RATIO * 100} %). Request counts by route and server are too low.`,
    cases: [
      fires(
        'lines have an unknown format',
        {
          [linesOf('nginx', 'web1')]: counts([100, 160]),
          [missingOf('nginx', 'web1', 'malformed')]: counts([0, 20], [20, 140]),
        },
        { labels: { host: 'web1', job: 'nginx-log' }, value: '20%' },
      ),
      fires(
        'lines are lost in transit',
        {
          [linesOf('haproxy', 'lb1')]: counts([100, 160]),
          [missingOf('haproxy', 'lb1', 'lost')]: counts([0, 20], [50, 140]),
        },
        { labels: { host: 'lb1', job: 'haproxy-log' }, value: '50%' },
      ),
      quiet('one line in hundreds is lost', {
        [linesOf('haproxy', 'lb1')]: counts([400, 160]),
        [missingOf('haproxy', 'lb1', 'lost')]: counts([1, 160]),
      }),
      quiet('one of few lines is malformed', {
        [linesOf('nginx', 'web1')]: counts([0.5, 160]),
        [missingOf('nginx', 'web1', 'malformed')]: counts([0, 20], [0.5, 2], [0, 138]),
      }),
      fires(
        'half of a few lines are lost',
        {
          [linesOf('haproxy', 'lb1')]: counts([1, 160]),
          [missingOf('haproxy', 'lb1', 'lost')]: counts([0, 20], [0.5, 140]),
        },
        { labels: { host: 'lb1', job: 'haproxy-log' }, value: '50%' },
      ),
      quiet('there are no lines at all', {
        [linesOf('nginx', 'web1')]: counts([0, 160]),
        [missingOf('nginx', 'web1', 'malformed')]: counts([0, 160]),
      }),
      absent('no metrics of lines', { 'up{host="web1",job="nginx-log"}': always(1) }),
      resolves(
        'the format is known again',
        {
          [linesOf('nginx', 'web1')]: counts([100, 160]),
          [missingOf('nginx', 'web1', 'malformed')]: counts([0, 20], [100, 40], [0, 100]),
        },
        { labels: { host: 'web1', job: 'nginx-log' }, value: '100%' },
      ),
    ],
  };
}

const requestsTo = (host: string): string =>
  `haproxy_frontend_http_requests_total{host="${host}",job="haproxy",proxy="app-pool"}`;
const passedTo = (server: string): string =>
  `haproxy_log_requests_total{backend="web",code="2xx",host="lb1",job="haproxy-log",proxy="http",server="${server}",termination="--"}`;
const linesOf = (server: 'nginx' | 'haproxy', host: string): string =>
  `${server}_log_lines_total{host="${host}",job="${server}-log"}`;
const missingOf = (server: 'nginx' | 'haproxy', host: string, how: 'malformed' | 'lost'): string =>
  `${server}_log_lines_${how}_total{host="${host}",job="${server}-log"}`;
