import { HAPROXY_LOG, LOG_INTAKE, NGINX_LOG } from './access-log.ts';
import { APP } from './app.ts';
import { DB_ROLE } from './db-role.ts';
import { HAPROXY } from './haproxy.ts';
import { HOST } from './host.ts';
import { LB_STATE } from './lb-state.ts';
import { LOGBOOK } from './logbook.ts';
import { MAILBOX } from './mailbox.ts';
import type { Metric } from './metric.ts';
import { ALERTMANAGER, PROMETHEUS, SCRAPE } from './monitors.ts';
import { MYSQL } from './mysql.ts';
import { MYSQL_DETAIL } from './mysql-detail.ts';
import { NGINX } from './nginx.ts';
import { NOTIFIER } from './notifier.ts';
import { PROBE_HOP, PROBE_JOURNEY } from './probe.ts';
import { PROCESS } from './process.ts';
import { ZIPKIN } from './zipkin.ts';
import { VARNISH } from './varnish.ts';
import { SENTINEL } from './sentinel.ts';
import { VALKEY } from './valkey.ts';
import { RECORDED } from './recorded.ts';
import { SITE } from './site.ts';

/** Everything that one kind of target exposes. */
export interface Source {
  /** The value of the label `job`: see `SCRAPE_JOBS` in deploy/model/scrape-jobs.ts. */
  readonly job: string;
  /** `whole`: it exposes this and nothing else. `chosen`: these are what is of interest in somebody else's program. */
  readonly coverage: 'whole' | 'chosen';
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** Every metric that rules, dashboards and programs may name, by who exposes it. */
export const CATALOG: readonly Source[] = [
  { job: 'app', coverage: 'whole', metrics: APP },
  { job: 'haproxy', coverage: 'whole', metrics: HAPROXY },
  { job: 'lb-state', coverage: 'whole', metrics: LB_STATE },
  { job: 'db-role', coverage: 'whole', metrics: DB_ROLE },
  { job: 'notifier', coverage: 'whole', metrics: NOTIFIER },
  { job: 'deadman', coverage: 'whole', metrics: NOTIFIER },
  { job: 'mailbox', coverage: 'whole', metrics: MAILBOX },
  { job: 'zipkin', coverage: 'chosen', metrics: ZIPKIN },
  { job: 'logbook', coverage: 'whole', metrics: LOGBOOK },
  { job: 'mysql', coverage: 'whole', metrics: MYSQL },
  { job: 'hop', coverage: 'whole', metrics: PROBE_HOP },
  { job: 'journey', coverage: 'whole', metrics: PROBE_JOURNEY },
  { job: 'host', coverage: 'whole', metrics: HOST },
  { job: 'varnish', coverage: 'whole', metrics: VARNISH },
  { job: 'mysql-detail', coverage: 'whole', metrics: MYSQL_DETAIL },
  { job: 'valkey', coverage: 'whole', metrics: VALKEY },
  { job: 'sentinel', coverage: 'whole', metrics: SENTINEL },
  { job: 'nginx', coverage: 'whole', metrics: NGINX },
  { job: 'nginx-log', coverage: 'whole', metrics: NGINX_LOG },
  { job: 'haproxy-log', coverage: 'whole', metrics: HAPROXY_LOG },
  { job: 'site', coverage: 'whole', metrics: SITE },
  { job: 'exporter', coverage: 'whole', metrics: { ...PROCESS, ...LOG_INTAKE } },
  { job: 'prometheus', coverage: 'chosen', metrics: PROMETHEUS },
  { job: 'alertmanager', coverage: 'chosen', metrics: ALERTMANAGER },
];

/** A series of the catalogue as PromQL names it: of a histogram or a summary, one of its three. */
export interface Series {
  readonly name: string;
  readonly metric: Metric;
  /** What a sample of this series is measured in: the count of a histogram of seconds is `1`. */
  readonly unit: Metric['unit'];
  readonly type: 'counter' | 'gauge';
  /** Its own labels, `le` of buckets and `quantile` of summaries included. */
  readonly labels: Metric['labels'];
  /** Whether rules make it, so that it has no labels of a target. */
  readonly isRecorded: boolean;
  /** The jobs that it comes from. */
  readonly jobs: readonly string[];
}

/** Every series by name, those that rules make among them. The same name from several jobs has the labels of all. */
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
