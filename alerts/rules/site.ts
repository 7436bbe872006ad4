import type { Topology } from '../../deploy/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, counts, fires, quiet, resolves } from '../alert-case.ts';
import { type Alert, usualFor } from '../alert.ts';
import { anyOf } from '../promql.ts';
import { ASKED } from '../records/red-rules.ts';

/** Share of failed requests from which on people notice, and the number per second below which one failure is not a share. */
const MAX_ERROR_RATIO = 0.02;
const MIN_REQUESTS_PER_SECOND = 1;

/** What users feel, whatever the cause. */
export function siteAlerts(topology: Topology): readonly Alert[] {
  const { watch } = topology.profile;
  // Five scrapes: a rate needs two, some may be late or lost.
  const window = promDuration(watch.scrapeIntervalMs * 5);
  const ratio = (where: string, all: string, failed: string): string =>
    `label_replace(sum(rate(${failed}[${window}])) / (sum(rate(${all}[${window}])) > ${MIN_REQUESTS_PER_SECOND}) > ${MAX_ERROR_RATIO}, "where", "${where}", "", "")`;
  return [
    {
      name: 'HighErrorRate',
      domain: 'site',
      severity: 'critical',
      owner: 'application',
      expr: anyOf(
        ratio(
          'load balancer',
          'haproxy_frontend_http_responses_total{proxy=~"http|https"}',
          'haproxy_frontend_http_responses_total{proxy=~"http|https",code="5xx"}',
        ),
        ratio(
          'application',
          `http_request_duration_seconds_count{${ASKED}}`,
          `http_request_duration_seconds_count{${ASKED},status_code=~"5.."}`,
        ),
      ),
      forMs: usualFor,
      // Without load balancers or application hosts nothing is counted; those alerts say so.
      onAbsent: { coveredBy: 'LoadBalancerLost' },
      summary: '{{ $value | humanizePercentage }} of requests fail at the {{ $labels.where }}',
      description: `Of the requests that the {{ $labels.where }} answered, {{ $value | humanizePercentage }} failed with 5xx (over the last ${window}; more than ${MAX_ERROR_RATIO * 100} % is an alert).`,
      cases: [
        fires(
          'the load balancers answer 10 % with 5xx',
          { [front('2xx')]: counts([90, 120]), [front('5xx')]: counts([0, 20], [10, 100]) },
          { labels: { where: 'load balancer' }, value: '10%' },
        ),
        fires(
          'the application fails on one host',
          {
            [app('app1', '200')]: counts([50, 120]),
            [app('app2', '200')]: counts([40, 120]),
            [app('app2', '500')]: counts([0, 20], [10, 100]),
          },
          { labels: { where: 'application' }, value: '10%' },
        ),
        quiet('one request in a hundred fails', {
          [front('2xx')]: counts([99, 120]),
          [front('5xx')]: counts([1, 120]),
        }),
        quiet('nobody asks anything', { [front('2xx')]: counts([0, 120]), [front('5xx')]: counts([0, 120]) }),
        quiet('every one of very few requests fails', { [front('5xx')]: counts([0.5, 120]) }),
        absent('nothing is counted', {}),
        resolves(
          'the errors end',
          { [front('2xx')]: counts([90, 120]), [front('5xx')]: counts([0, 20], [10, 40], [0, 60]) },
          { labels: { where: 'load balancer' }, value: '10%' },
        ),
      ],
    },
  ];
}

const front = (code: string): string => `haproxy_frontend_http_responses_total{host="lb1",proxy="http",code="${code}"}`;
const app = (host: string, code: string): string =>
  `http_request_duration_seconds_count{host="${host}",job="app",method="GET",route="/",status_code="${code}"}`;
