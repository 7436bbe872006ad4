import { HAPROXY_LOG, LOG_RECEIVER, NGINX_LOG } from './access-log.ts';
import { APP } from './app.ts';
import { DB_ROLE } from './db-role.ts';
import { HAPROXY } from './haproxy.ts';
import { HOST } from './host.ts';
import { LB_STATE } from './lb-state.ts';
import { TRACE_LOGS } from './trace-logs.ts';
import { MAILBOX } from './mailbox.ts';
import type { Metric } from './metric.ts';
import { ALERTMANAGER, PROMETHEUS, SCRAPE } from './monitors.ts';
import { MYSQL } from './mysql.ts';
import { MYSQL_DETAIL } from './mysql-detail.ts';
import { NGINX } from './nginx.ts';
import { NOTIFIER } from './notifier.ts';
import { OPERATIONS } from './operations.ts';
import { PROBE_HOP, PROBE_JOURNEY } from './probe.ts';
import { PROCESS } from './process.ts';
import { ZIPKIN } from './zipkin.ts';
import { VARNISH } from './varnish.ts';
import { SENTINEL } from './sentinel.ts';
import { VALKEY } from './valkey.ts';
import { RECORDED } from './recorded.ts';
import { SITE } from './site.ts';

/** Metrics that one kind of target exposes. */
export interface Source {
  /** The value of the label `job`: see `SCRAPE_JOBS` in deploy/model/scrape-jobs.ts. */
  readonly job: string;
  /** `complete`: the target exposes these metrics and no others. `partial`: the metrics of interest of a third-party program. */
  readonly coverage: 'complete' | 'partial';
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** All metrics that rules, dashboards and programs may use, by job. */
export const CATALOG: readonly Source[] = [
  { job: 'app', coverage: 'complete', metrics: APP },
  { job: 'haproxy', coverage: 'complete', metrics: HAPROXY },
  { job: 'lb-state', coverage: 'complete', metrics: LB_STATE },
  { job: 'db-role', coverage: 'complete', metrics: DB_ROLE },
  { job: 'notifier', coverage: 'complete', metrics: NOTIFIER },
  { job: 'deadman', coverage: 'complete', metrics: NOTIFIER },
  { job: 'mailbox', coverage: 'complete', metrics: MAILBOX },
  { job: 'zipkin', coverage: 'partial', metrics: ZIPKIN },
  { job: 'trace-logs', coverage: 'complete', metrics: TRACE_LOGS },
  { job: 'mysql', coverage: 'complete', metrics: MYSQL },
  { job: 'hop', coverage: 'complete', metrics: PROBE_HOP },
  { job: 'journey', coverage: 'complete', metrics: PROBE_JOURNEY },
  { job: 'host', coverage: 'complete', metrics: HOST },
  { job: 'varnish', coverage: 'complete', metrics: VARNISH },
  { job: 'mysql-detail', coverage: 'complete', metrics: MYSQL_DETAIL },
  { job: 'valkey', coverage: 'complete', metrics: VALKEY },
  { job: 'sentinel', coverage: 'complete', metrics: SENTINEL },
  { job: 'nginx', coverage: 'complete', metrics: NGINX },
  { job: 'nginx-log', coverage: 'complete', metrics: NGINX_LOG },
  { job: 'haproxy-log', coverage: 'complete', metrics: HAPROXY_LOG },
  { job: 'site', coverage: 'complete', metrics: SITE },
  { job: 'operations', coverage: 'complete', metrics: OPERATIONS },
  { job: 'exporter', coverage: 'complete', metrics: { ...PROCESS, ...LOG_RECEIVER } },
  { job: 'prometheus', coverage: 'partial', metrics: PROMETHEUS },
  { job: 'alertmanager', coverage: 'partial', metrics: ALERTMANAGER },
];

/** A series of the catalogue under its name in PromQL: a histogram or a summary has three. */
export interface Series {
  readonly name: string;
  readonly metric: Metric;
  /** Unit of a sample of this series: `1` for the count of a histogram of seconds. */
  readonly unit: Metric['unit'];
  readonly type: 'counter' | 'gauge';
  /** Its own labels, `le` of buckets and `quantile` of summaries included. */
  readonly labels: Metric['labels'];
  /** Whether a recording rule produces it; then it has no target labels. */
  readonly isRecorded: boolean;
  /** Jobs that expose it. */
  readonly jobs: readonly string[];
}

/** All series by name, recorded ones included. A name that several jobs expose has the labels of all of them. */
export function seriesOf(catalog: readonly Source[] = CATALOG): ReadonlyMap<string, Series> {
  const found = new Map<string, Series>(
    Object.entries<Metric>(RECORDED).map(([name, { type, unit, labels, ...rest }]) => [
      name,
      { name, metric: { type, unit, labels, ...rest }, unit, type: 'gauge', labels, isRecorded: true, jobs: [] },
    ]),
  );
  const sources = catalog.map(({ job, metrics }) => ({ jobs: [job], metrics }));
  for (const { jobs, metrics } of [{ jobs: catalog.map(({ job }) => job), metrics: SCRAPE }, ...sources]) {
    for (const series of Object.entries(metrics).flatMap(([name, metric]) => expand(name, metric))) {
      const before = found.get(series.name);
      const labels = { ...before?.labels, ...series.labels };
      found.set(series.name, { ...series, labels, jobs: [...(before?.jobs ?? []), ...jobs] });
    }
  }
  return found;
}

function expand(name: string, metric: Metric): readonly Omit<Series, 'jobs'>[] {
  const { type, unit, labels } = metric;
  const isRecorded = false;
  if (type === 'counter' || type === 'gauge') return [{ name, metric, unit, type, labels, isRecorded }];
  const le = metric.buckets?.map(String).concat('+Inf') ?? { from: 'the buckets', atMost: 30 };
  const quantile = { from: 'the program', atMost: 10 };
  return [
    type === 'histogram'
      ? { name: `${name}_bucket`, metric, unit: '1', type: 'counter', labels: { ...labels, le }, isRecorded }
      : { name, metric, unit, type: 'gauge', labels: { ...labels, quantile }, isRecorded },
    { name: `${name}_sum`, metric, unit, type: 'counter', labels, isRecorded },
    { name: `${name}_count`, metric, unit: '1', type: 'counter', labels, isRecorded },
  ];
}
