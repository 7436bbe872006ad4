import type { Tier, Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, fires, quiet, resolves } from '../alert-case.ts';
import { type Alert, defaultFor } from '../alert.ts';
import { anyOf } from '../promql.ts';
import { USER_REQUESTS } from '../records/red-rules.ts';

/** Share of failed requests above which users notice. */
const MAX_ERROR_RATIO = 0.02;
/**
 * The same at an edge. An edge sees a failover of the load balancers as failed requests: up to 0.35 s of a window of 10 s in the drill profile, 3 s of
 * 75 s in production. That is 4 %, and LoadBalancerLost reports the cause.
 */
const MAX_EDGE_ERROR_RATIO = 0.05;
/** Up to this many failures within the window do not alert: with little traffic they can be a large share, and a host that crashes may fail them. */
const MAX_IGNORED_FAILURES = 5;

/** Alerts of user impact, for any cause. */
export function siteAlerts(topology: Topology): readonly Alert[] {
  const { monitoring } = topology.profile;
  // Five scrapes: a rate needs two, some may be late or lost.
  const windowMs = monitoring.scrapeIntervalMs * 5;
  const window = promDuration(windowMs);
  const minPerSecond = Number((MAX_IGNORED_FAILURES / (windowMs / 1_000)).toPrecision(2));
  const rate = (of: string): string => `sum(rate(${of}[${window}]))`;
  // Backends only: a frontend also counts the 501 and 505 responses with which it refuses requests, so a client could trigger the alert.
  const counted: readonly {
    readonly tier: Tier;
    readonly maxRatio: number;
    readonly all: string;
    readonly failed: string;
  }[] = [
    {
      tier: 'edge',
      maxRatio: MAX_EDGE_ERROR_RATIO,
      all: rate('haproxy_backend_http_responses_total{proxy="varnish"}'),
      failed: rate('haproxy_backend_http_responses_total{proxy="varnish",code="5xx"}'),
    },
    {
      tier: 'lb',
      maxRatio: MAX_ERROR_RATIO,
      all: rate('haproxy_backend_http_responses_total{proxy="web"}'),
      failed: rate('haproxy_backend_http_responses_total{proxy="web",code="5xx"}'),
    },
    {
      tier: 'app',
      maxRatio: MAX_ERROR_RATIO,
      all: rate(`http_request_duration_seconds_count{${USER_REQUESTS}}`),
      failed: rate(`http_request_duration_seconds_count{${USER_REQUESTS},status_code=~"5.."}`),
    },
  ];
  const at = (tier: Tier, expr: string): string => `label_replace(${expr}, "tier", "${tier}", "", "")`;
  return [
    {
      name: 'HighErrorRate',
      domain: 'site',
      severity: 'critical',
      owner: 'application',
      expr: anyOf(
        ...counted.map(({ tier, all, failed, maxRatio }) =>
          at(tier, `(${failed} > ${minPerSecond}) / ${all} > ${maxRatio}`),
        ),
      ),
      // Without the minimum of failures, so that the chart has values before the alert too.
      plots: counted.map(({ tier, all, failed, maxRatio }) => ({
        query: at(tier, `${failed} / ${all}`),
        threshold: { comparison: '>', value: maxRatio },
      })),
      forMs: defaultFor,
      // Without load balancers or application hosts nothing is counted; their own alerts report that.
      onAbsent: { coveredBy: 'LoadBalancerLost' },
      summary: '{{ $value | humanizePercentage }} of requests fail at tier {{ $labels.tier }}',
      description: `{{ $value | humanizePercentage }} of the responses of tier {{ $labels.tier }} were 5xx over the last ${window}. The limit is ${MAX_ERROR_RATIO * 100} % (${MAX_EDGE_ERROR_RATIO * 100} % at the edges) and ${MAX_IGNORED_FAILURES} requests.`,
      cases: [
        fires(
          'the load balancers answer 10 % with 5xx',
          { [front('2xx')]: counts([90, 120]), [front('5xx')]: counts([0, 20], [10, 100]) },
          { labels: { tier: 'lb' }, value: '10%' },
        ),
        fires(
          'only an edge answers with 5xx',
          {
            [edge('2xx')]: counts([90, 120]),
            [edge('5xx')]: counts([0, 20], [10, 100]),
            [front('2xx')]: counts([90, 120]),
          },
          { labels: { tier: 'edge' }, value: '10%' },
        ),
        fires(
          'the application fails on one host',
          {
            [app('app1', '200')]: counts([50, 120]),
            [app('app2', '200')]: counts([40, 120]),
            [app('app2', '500')]: counts([0, 20], [10, 100]),
          },
          { labels: { tier: 'app' }, value: '10%' },
        ),
        quiet('one request in a hundred fails', {
          [front('2xx')]: counts([99, 120]),
          [front('5xx')]: counts([1, 120]),
        }),
        quiet('a load balancer failover fails the in-flight requests of the edges', {
          [edge('2xx')]: counts([67, 40], [0, 1], [67, 79]),
          [edge('5xx')]: counts([0, 40], [23, 1], [0, 79]),
        }),
        quiet('a client sends only methods that are not implemented', {
          'haproxy_frontend_http_responses_total{host="edge1",proxy="edge",code="5xx"}': counts([0, 20], [100, 100]),
          'haproxy_frontend_http_responses_total{host="lb1",proxy="http",code="5xx"}': counts([0, 20], [100, 100]),
          [edge('2xx')]: counts([10, 120]),
          [edge('5xx')]: always(0),
          [front('2xx')]: counts([10, 120]),
          [front('5xx')]: always(0),
        }),
        quiet('no requests', { [front('2xx')]: counts([0, 120]), [front('5xx')]: counts([0, 120]) }),
        quiet('every one of very few requests fails', { [front('5xx')]: counts([0.5, 120]) }),
        quiet('four of eighty requests fail because their host crashes', {
          [front('2xx')]: counts([8, 120]),
          [front('5xx')]: counts([0, 40], [0.4, 10], [0, 70]),
        }),
        absent('nothing is counted', {}),
        resolves(
          'the errors end',
          { [front('2xx')]: counts([90, 120]), [front('5xx')]: counts([0, 20], [10, 40], [0, 60]) },
          { labels: { tier: 'lb' }, value: '10%' },
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
