import { type Counting, grows, type Series } from '../alert-case.ts';

/** A test of recording rules. */
export interface RecordCase {
  readonly title: string;
  readonly series: Series;
  readonly atS: number;
  /** A recorded series → its value, `undefined` if it must be absent. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

const END_S = 60;
const steadily = (perSecond: number): Counting => grows([perSecond, END_S + 10]);
const haproxy = (name: string, labels: string): string => `haproxy_${name}{host="lb1",job="haproxy",${labels}}`;
const edge = (name: string, labels: string): string => `haproxy_${name}{host="edge1",job="haproxy",${labels}}`;
const app = (name: string, labels: string): string => `${name}{host="app1",job="app"${labels}}`;
const page = ',method="GET",route="/",status_code="200"';
const read = ',pool="db-read",operation="product"';

/** Half of the requests take at most 0.1 s, all at most 0.3 s; 0.1 s each on average. */
function histogram(perSecond: number, series: (ending: string, le: string) => string): Series {
  return {
    [series('count', '')]: steadily(perSecond),
    [series('sum', '')]: steadily(perSecond / 10),
    [series('bucket', ',le="0.1"')]: steadily(perSecond / 2),
    [series('bucket', ',le="0.3"')]: steadily(perSecond),
    [series('bucket', ',le="+Inf"')]: steadily(perSecond),
  };
}

const requests = (perSecond: number): Series =>
  histogram(perSecond, (ending, le) => app(`http_request_duration_seconds_${ending}`, page + le));
const queries = (perSecond: number): Series =>
  histogram(perSecond, (ending, le) => app(`db_query_duration_seconds_${ending}`, read + le));
const ofHaproxy = (host: string, proxy: string, perSecond: number): Series =>
  histogram(
    perSecond,
    (ending, le) =>
      `haproxy_log_request_duration_seconds_${ending}{host="${host}",job="haproxy-log",proxy="${proxy}"${le}}`,
  );
const ofWeb = (perSecond: number): Series =>
  histogram(
    perSecond,
    (ending, le) => `nginx_http_request_duration_seconds_${ending}{host="web1",job="nginx-log",route="/"${le}}`,
  );

/** Rates, errors and durations with and without traffic. */
const RED_CASES: readonly RecordCase[] = [
  {
    title: 'rate, errors and duration of every tier',
    series: {
      [haproxy('frontend_http_requests_total', 'proxy="http"')]: steadily(40),
      [haproxy('frontend_http_requests_total', 'proxy="app-pool"')]: steadily(7),
      [haproxy('frontend_http_responses_total', 'proxy="http",code="5xx"')]: steadily(2),
      [haproxy('backend_http_responses_total', 'proxy="web",code="2xx"')]: steadily(30),
      [haproxy('backend_http_responses_total', 'proxy="web",code="5xx"')]: steadily(10),
      [edge('frontend_http_requests_total', 'proxy="edge"')]: steadily(60),
      [edge('frontend_http_responses_total', 'proxy="edge",code="5xx"')]: steadily(3),
      ...ofHaproxy('edge1', 'edge', 60),
      ...ofHaproxy('lb1', 'http', 40),
      ...ofWeb(30),
      ...requests(20),
      [app('http_request_duration_seconds_count', ',method="GET",route="/readyz",status_code="503"')]: steadily(8),
      ...queries(50),
      [app('cache_requests_total', ',operation="get",result="hit"')]: steadily(9),
      [app('cache_requests_total', ',operation="get",result="error"')]: steadily(1),
    },
    atS: END_S,
    values: {
      'tier:requests:rate{tier="edge"}': 60,
      'tier:errors:rate{tier="edge"}': 3,
      'tier:duration_seconds:mean{tier="edge"}': 0.1,
      'tier:duration_seconds:p50{tier="edge"}': 0.1,
      'tier:duration_seconds:p95{tier="edge"}': 0.28,
      'tier:duration_seconds:p99{tier="edge"}': 0.296,
      'tier:requests:rate{tier="lb"}': 40,
      'tier:errors:rate{tier="lb"}': 2,
      'tier:duration_seconds:mean{tier="lb"}': 0.1,
      'tier:duration_seconds:p50{tier="lb"}': 0.1,
      'tier:duration_seconds:p95{tier="lb"}': 0.28,
      'tier:duration_seconds:p99{tier="lb"}': 0.296,
      'tier:requests:rate{tier="web"}': 40,
      'tier:errors:rate{tier="web"}': 10,
      'tier:duration_seconds:mean{tier="web"}': 0.1,
      'tier:duration_seconds:p50{tier="web"}': 0.1,
      'tier:duration_seconds:p95{tier="web"}': 0.28,
      'tier:duration_seconds:p99{tier="web"}': 0.296,
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
    title: 'without traffic the rate is 0 and the duration absent',
    series: requests(0),
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

const host = (name: string, labels = ''): string => `${name}{host="db1",job="host"${labels}}`;
const level = (value: number): Series[string] => [[value, END_S + 10]];

const USE_CASES: readonly RecordCase[] = [
  {
    title: 'utilization, saturation and errors of all resources of a host',
    series: {
      [host('host_cpu_seconds_total', ',mode="user"')]: steadily(0.5),
      [host('host_cpu_seconds_total', ',mode="system"')]: steadily(0.25),
      [host('host_cpu_cores')]: level(2),
      [host('host_cpu_periods_total')]: steadily(10),
      [host('host_cpu_throttled_periods_total')]: steadily(4),
      [host('host_memory_working_set_bytes')]: level(300),
      [host('node_memory_MemTotal_bytes')]: level(400),
      [host('host_memory_limit_hits_total')]: steadily(3),
      [host('host_memory_oom_kills_total')]: steadily(1),
      [host('node_filesystem_avail_bytes', ',mountpoint="/data"')]: level(10),
      [host('node_filesystem_size_bytes', ',mountpoint="/data"')]: level(40),
      [host('node_filesystem_avail_bytes', ',mountpoint="/"')]: level(30),
      [host('node_filesystem_size_bytes', ',mountpoint="/"')]: level(40),
      [host('node_network_receive_drop_total', ',device="data"')]: steadily(1),
      [host('node_network_transmit_drop_total', ',device="data"')]: steadily(2),
      [host('node_network_receive_errs_total', ',device="data"')]: steadily(3),
      [host('node_network_transmit_errs_total', ',device="ops"')]: steadily(4),
    },
    atS: END_S,
    values: {
      'host:cpu_utilization:ratio{host="db1"}': 0.375,
      'host:cpu_saturation:ratio{host="db1"}': 0.4,
      'host:memory_utilization:ratio{host="db1"}': 0.75,
      'host:memory_saturation:rate{host="db1"}': 3,
      'host:memory_errors:rate{host="db1"}': 1,
      'host:disk_utilization:ratio{host="db1"}': 0.75,
      'host:network_saturation:rate{host="db1"}': 3,
      'host:network_errors:rate{host="db1"}': 7,
    },
  },
  {
    title: 'CPU saturation is 0 without a CPU limit, and other records are absent without samples',
    series: { [host('host_cpu_cores')]: level(2), [host('host_cpu_periods_total')]: steadily(0) },
    atS: END_S,
    values: {
      'host:cpu_saturation:ratio{host="db1"}': 0,
      'host:cpu_utilization:ratio{host="db1"}': undefined,
      'host:disk_utilization:ratio{host="db1"}': undefined,
    },
  },
];

/** Tests of all recording rules. */
export const RECORD_CASES: readonly RecordCase[] = [...RED_CASES, ...USE_CASES];
