import { type Counting, type Series } from '../alert-case.ts';

/** What is recorded of given series. */
export interface RecordCase {
  readonly title: string;
  readonly series: Series;
  readonly atS: number;
  /** A recorded series → its value, `undefined` where it must not be there. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

const END_S = 60;
const steadily = (perSecond: number): Counting => ({ stretches: [{ perSecond, seconds: END_S + 10 }] });
const haproxy = (name: string, labels: string): string => `haproxy_${name}{host="lb1",job="haproxy",${labels}}`;
const app = (name: string, labels: string): string => `${name}{host="app1",job="app"${labels}}`;
const page = ',method="GET",route="/",status_code="200"';
const read = ',pool="db-read",operation="product"';

/** Half of the requests take at most 0.1 s, all at most 0.3 s; 0.1 s each on average. */
function histogram(name: string, labels: string, perSecond: number): Series {
  return {
    [app(`${name}_count`, labels)]: steadily(perSecond),
    [app(`${name}_sum`, labels)]: steadily(perSecond / 10),
    [app(`${name}_bucket`, `${labels},le="0.1"`)]: steadily(perSecond / 2),
    [app(`${name}_bucket`, `${labels},le="0.3"`)]: steadily(perSecond),
    [app(`${name}_bucket`, `${labels},le="+Inf"`)]: steadily(perSecond),
  };
}

/** Each recording rule in traffic and without any. */
export const RED_CASES: readonly RecordCase[] = [
  {
    title: 'rate, errors and duration of every tier',
    series: {
      [haproxy('frontend_http_requests_total', 'proxy="http"')]: steadily(40),
      [haproxy('frontend_http_requests_total', 'proxy="app-pool"')]: steadily(7),
      [haproxy('frontend_http_responses_total', 'proxy="http",code="5xx"')]: steadily(2),
      [haproxy('backend_http_responses_total', 'proxy="web",code="2xx"')]: steadily(30),
      [haproxy('backend_http_responses_total', 'proxy="web",code="5xx"')]: steadily(10),
      [haproxy('backend_response_time_average_seconds', 'proxy="web"')]: [[0.25, END_S + 10]],
      ...histogram('http_request_duration_seconds', page, 20),
      [app('http_request_duration_seconds_count', ',method="GET",route="/readyz",status_code="503"')]: steadily(8),
      ...histogram('db_query_duration_seconds', read, 50),
      [app('cache_requests_total', ',operation="get",result="hit"')]: steadily(9),
      [app('cache_requests_total', ',operation="get",result="error"')]: steadily(1),
    },
    atS: END_S,
    values: {
      'tier:requests:rate{tier="lb"}': 40,
      'tier:errors:rate{tier="lb"}': 2,
      'tier:requests:rate{tier="web"}': 40,
      'tier:errors:rate{tier="web"}': 10,
      'tier:duration_seconds:mean{tier="web"}': 0.25,
      'tier:requests:rate{tier="app"}': 20,
      'tier:errors:rate{tier="app"}': 0,
      'tier:duration_seconds:mean{tier="app"}': 0.1,
      'tier:duration_seconds:p50{tier="app"}': 0.1,
      'tier:duration_seconds:p95{tier="app"}': 0.28,
      'tier:duration_seconds:p99{tier="app"}': 0.296,
      'tier:requests:rate{tier="db"}': 50,
      'tier:errors:rate{tier="db"}': 0,
      'tier:duration_seconds:mean{tier="db"}': 0.1,
      'tier:duration_seconds:p50{tier="db"}': 0.1,
      'tier:duration_seconds:p95{tier="db"}': 0.28,
      'tier:duration_seconds:p99{tier="db"}': 0.296,
      'tier:requests:rate{tier="cache"}': 10,
      'tier:errors:rate{tier="cache"}': 1,
    },
  },
  {
    title: 'nothing is asked: a rate of nothing, and no duration',
    series: histogram('http_request_duration_seconds', page, 0),
    atS: END_S,
    values: {
      'tier:requests:rate{tier="app"}': 0,
      'tier:errors:rate{tier="app"}': 0,
      'tier:duration_seconds:mean{tier="app"}': undefined,
      'tier:duration_seconds:p99{tier="app"}': undefined,
      'tier:requests:rate{tier="lb"}': undefined,
    },
  },
];
