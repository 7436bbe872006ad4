import type { Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, fires, quiet, resolves } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';
import { anyOf } from '../promql.ts';
import { ASKED } from '../records/red-rules.ts';

/** Share of failed requests from which on people notice. */
const MAX_ERROR_RATIO = 0.02;
/**
 * The same at an edge, which sees a failover of the load balancers as failed requests: up to 0.35 s of a window of 10 s in the drill profile, 3 s of
 * 75 s in production, are 4 %, and LoadBalancerLost reports the cause.
 */
const MAX_EDGE_ERROR_RATIO = 0.05;
/** So many failures within the window are no alert: of the few requests of a quiet stack they are a share, and a host that is lost may take them along. */
const FEW_FAILURES = 5;

/** What users feel, whatever the cause. */
export function siteAlerts(topology: Topology): readonly Alert[] {
  const { monitoring } = topology.profile;
  // Five scrapes: a rate needs two, some may be late or lost.
  const windowMs = monitoring.scrapeIntervalMs * 5;
  const window = promDuration(windowMs);
  const minPerSecond = Number((FEW_FAILURES / (windowMs / 1_000)).toPrecision(2));
  const rate = (of: string): string => `sum(rate(${of}[${window}]))`;
  // Of backends: a frontend also counts the 501 and 505 by which it refuses a request, and no client may raise this alert with those.
  const counted = [
    {
      where: 'edge',
      most: MAX_EDGE_ERROR_RATIO,
      all: rate('haproxy_backend_http_responses_total{proxy="varnish"}'),
      failed: rate('haproxy_backend_http_responses_total{proxy="varnish",code="5xx"}'),
    },
    {
      where: 'load balancer',
      most: MAX_ERROR_RATIO,
      all: rate('haproxy_backend_http_responses_total{proxy="web"}'),
      failed: rate('haproxy_backend_http_responses_total{proxy="web",code="5xx"}'),
    },
    {
      where: 'application',
      most: MAX_ERROR_RATIO,
      all: rate(`http_request_duration_seconds_count{${ASKED}}`),
      failed: rate(`http_request_duration_seconds_count{${ASKED},status_code=~"5.."}`),
    },
  ];
  const at = (where: string, expr: string): string => `label_replace(${expr}, "where", "${where}", "", "")`;
  return [
    {
      name: 'HighErrorRate',
      domain: 'site',
      severity: 'critical',
      owner: 'application',
      expr: anyOf(
        ...counted.map(({ where, all, failed, most }) => at(where, `(${failed} > ${minPerSecond}) / ${all} > ${most}`)),
      ),
      // The ratio of few failures, too: there is a line before the alert.
      plots: counted.map(({ where, all, failed, most }) => ({
        query: at(where, `${failed} / ${all}`),
        threshold: { comparison: '>', value: most },
      })),
      forMs: defaultFor,
      // Without load balancers or application hosts nothing is counted; those alerts say so.
      onAbsent: { coveredBy: 'LoadBalancerLost' },
      summary: '{{ $value | humanizePercentage }} of requests fail at the {{ $labels.where }}',
      description: `{{ $value | humanizePercentage }} of the responses at the {{ $labels.where }} were 5xx over the last ${window}. The limit is ${MAX_ERROR_RATIO * 100} % (${MAX_EDGE_ERROR_RATIO * 100} % at the edges) and ${FEW_FAILURES} requests.`,
      cases: [
        fires(
          'the load balancers answer 10 % with 5xx',
          { [front('2xx')]: counts([90, 120]), [front('5xx')]: counts([0, 20], [10, 100]) },
          { labels: { where: 'load balancer' }, value: '10%' },
        ),
        fires(
          'an edge answers with 5xx by itself',
          {
            [edge('2xx')]: counts([90, 120]),
            [edge('5xx')]: counts([0, 20], [10, 100]),
            [front('2xx')]: counts([90, 120]),
          },
          { labels: { where: 'edge' }, value: '10%' },
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
        quiet('the load balancers change places, and the edges fail what they had sent', {
          [edge('2xx')]: counts([67, 40], [0, 1], [67, 79]),
          [edge('5xx')]: counts([0, 40], [23, 1], [0, 79]),
        }),
        quiet('a client sends nothing but methods that are not implemented', {
          'haproxy_frontend_http_responses_total{host="edge1",proxy="edge",code="5xx"}': counts([0, 20], [100, 100]),
          'haproxy_frontend_http_responses_total{host="lb1",proxy="http",code="5xx"}': counts([0, 20], [100, 100]),
          [edge('2xx')]: counts([10, 120]),
          [edge('5xx')]: always(0),
          [front('2xx')]: counts([10, 120]),
          [front('5xx')]: always(0),
        }),
        quiet('nobody asks anything', { [front('2xx')]: counts([0, 120]), [front('5xx')]: counts([0, 120]) }),
        quiet('every one of very few requests fails', { [front('5xx')]: counts([0.5, 120]) }),
        quiet('four of eighty requests fail with the host that they were sent to', {
          [front('2xx')]: counts([8, 120]),
          [front('5xx')]: counts([0, 40], [0.4, 10], [0, 70]),
        }),
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

const edge = (code: string): string =>
  `haproxy_backend_http_responses_total{host="edge1",proxy="varnish",code="${code}"}`;
const front = (code: string): string => `haproxy_backend_http_responses_total{host="lb1",proxy="web",code="${code}"}`;
const app = (host: string, code: string): string =>
  `http_request_duration_seconds_count{host="${host}",job="app",method="GET",route="/",status_code="${code}"}`;
