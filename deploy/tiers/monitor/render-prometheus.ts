import { stringify } from 'yaml';
import {
  OWN_PROMETHEUS,
  scrapeClassIntervalMs,
  SCRAPE_JOBS,
  targetsOf,
  type Job,
  type Target,
} from '../../model/scrape-jobs.ts';
import { type Host, PORTS, type Topology, addressOn, hostsOf } from '../../model/topology.ts';
import { promDuration } from '../../../kit/prom-duration.ts';
import type { MonitoringTimings } from '../../model/profile.ts';
import { linksOf } from './links-of.ts';

/** Mount point of `alerts/generated` on a monitor host. */
export const ALERTS_FOLDER = '/etc/holdfast-alerts';

/** The committed rule files: alerting, recording and SLO rules. */
const RULE_FILES = ['healthy.yaml', 'rules.yaml', 'background.yaml', 'slo.yaml', 'records.yaml', 'set.yaml'].map(
  (file) => `${ALERTS_FOLDER}/${file}`,
);

/** `prometheus.yml` of a monitor host. Both differ only in the label `replica` and in their own scrape address, which alerts do not contain. */
export function renderPrometheusConfig(topology: Topology, host: Host): string {
  const { monitoring } = topology.profile;
  const config = {
    global: {
      scrape_interval: promDuration(monitoring.scrapeIntervalMs),
      scrape_timeout: promDuration(monitoring.scrapeIntervalMs),
      evaluation_interval: promDuration(monitoring.evaluationIntervalMs),
      external_labels: { replica: host.name },
    },
    rule_files: RULE_FILES,
    alerting: {
      // Both Prometheus servers must send the same alert, or each would be mailed twice.
      alert_relabel_configs: [{ action: 'labeldrop', regex: 'replica' }],
      alertmanagers: [
        {
          timeout: promDuration(monitoring.evaluationIntervalMs),
          static_configs: [
            { targets: hostsOf(topology, 'monitor').map((peer) => `${addressOn(peer, 'ops')}:${PORTS.alertmanager}`) },
          ],
        },
      ],
    },
    storage: { exemplars: { max_exemplars: 10_000 } },
    scrape_configs: SCRAPE_JOBS.map((job) => scrapeConfig(topology, host, job)),
  };
  return stringify(config, { lineWidth: 0 });
}

/** Parameters for HAProxy's exporter. Its complete output has 2,600 lines, mostly for slots without a host, and would be the most expensive scrape. */
const HAPROXY_PARAMETERS = {
  scope: ['global', 'frontend', 'backend', 'server'],
  'no-maint': [''],
  metrics: [
    [
      'haproxy_process_start_time_seconds',
      'haproxy_process_current_connections',
      'haproxy_process_idle_time_percent',
      'haproxy_process_dropped_logs_total',
      'haproxy_process_max_connections',
      'haproxy_process_max_fds',
      'haproxy_process_max_sockets',
      'haproxy_process_max_pipes',
      'haproxy_process_max_memory_bytes',
      'haproxy_process_nbproc',
      'haproxy_process_nbthread',
      'haproxy_process_limit_connection_rate',
      'haproxy_process_limit_session_rate',
      'haproxy_process_limit_ssl_rate',
      'haproxy_process_pool_allocated_bytes',
      'haproxy_process_pool_used_bytes',
      'haproxy_frontend_status',
      'haproxy_frontend_current_sessions',
      'haproxy_frontend_connections_total',
      'haproxy_frontend_bytes_in_total',
      'haproxy_frontend_bytes_out_total',
      'haproxy_frontend_internal_errors_total',
      'haproxy_frontend_http_requests_total',
      'haproxy_frontend_http_responses_total',
      'haproxy_frontend_request_errors_total',
      'haproxy_frontend_denied_connections_total',
      'haproxy_frontend_requests_denied_total',
      'haproxy_backend_status',
      'haproxy_backend_active_servers',
      'haproxy_backend_backup_servers',
      'haproxy_backend_limit_sessions',
      'haproxy_backend_current_queue',
      'haproxy_backend_current_sessions',
      'haproxy_backend_http_requests_total',
      'haproxy_backend_connection_attempts_total',
      'haproxy_backend_bytes_in_total',
      'haproxy_backend_bytes_out_total',
      'haproxy_backend_internal_errors_total',
      'haproxy_backend_check_up_down_total',
      'haproxy_backend_queue_time_average_seconds',
      'haproxy_backend_connect_time_average_seconds',
      'haproxy_backend_total_time_average_seconds',
      'haproxy_backend_http_responses_total',
      'haproxy_backend_connection_errors_total',
      'haproxy_backend_response_errors_total',
      'haproxy_backend_retry_warnings_total',
      'haproxy_backend_redispatch_warnings_total',
      'haproxy_backend_response_time_average_seconds',
      'haproxy_server_status',
      'haproxy_server_current_sessions',
      'haproxy_server_connection_attempts_total',
      'haproxy_server_bytes_in_total',
      'haproxy_server_bytes_out_total',
      'haproxy_server_internal_errors_total',
      'haproxy_server_queue_time_average_seconds',
      'haproxy_server_connect_time_average_seconds',
      'haproxy_server_total_time_average_seconds',
      'haproxy_server_http_responses_total',
      'haproxy_server_connection_errors_total',
      'haproxy_server_response_errors_total',
      'haproxy_server_response_time_average_seconds',
      'haproxy_server_check_failures_total',
      'haproxy_server_check_up_down_total',
      'haproxy_server_downtime_seconds_total',
    ].join(','),
  ],
};

function scrapeConfig(topology: Topology, scraper: Host, job: Job): object {
  const { name, port, module } = job;
  const about = { job_name: name, ...intervalOf(topology.profile.monitoring, job), ...NO_COMPRESSION };
  const targets = targetsOf(topology, job);
  if (module !== undefined) return { ...about, ...probed({ targets, port, module }) };
  return {
    ...about,
    ...(job.path === undefined ? {} : { metrics_path: job.path }),
    ...(name === 'haproxy' ? { params: HAPROXY_PARAMETERS } : {}),
    static_configs: targets.map(({ address = '', ...target }) => ({
      targets: [name === 'prometheus' && target.name === scraper.name ? OWN_PROMETHEUS : `${address}:${port}`],
      labels: { host: target.name, tier: target.tier },
    })),
    ...relabeled(job),
  };
}

function relabeled({ keep, drop }: Job): object {
  const rules = [
    ...(keep === undefined ? [] : [{ action: 'keep', source_labels: ['__name__'], regex: keep }]),
    ...(drop === undefined ? [] : [{ action: 'drop', source_labels: [drop.label], regex: drop.values }]),
  ];
  return rules.length === 0 ? {} : { metric_relabel_configs: rules };
}

interface Probed {
  readonly targets: readonly Target[];
  readonly port: number;
  readonly module: string;
}

/** Targets without own metrics: the exporter on the same host as Prometheus probes them. */
function probed({ targets, port, module }: Probed): object {
  return {
    metrics_path: '/probe',
    params: { module: [module] },
    static_configs: targets.map(({ name, tier }) => ({ targets: [name], labels: { host: name, tier } })),
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__address__'], target_label: 'instance' },
      { target_label: '__address__', replacement: `127.0.0.1:${port}` },
    ],
  };
}

/** On a local network, traffic is cheaper than the CPU time for compression. */
const NO_COMPRESSION = { enable_compression: false };

/** Jobs of the class `fast` have the global interval. It is also the timeout of all jobs without `timeoutIsInterval`. */
function intervalOf(
  timings: MonitoringTimings,
  { scrapeClass, timeoutIsInterval }: Pick<Job, 'scrapeClass' | 'timeoutIsInterval'>,
): object {
  const interval = promDuration(scrapeClassIntervalMs(timings, scrapeClass));
  return {
    ...(scrapeClass === 'fast' ? {} : { scrape_interval: interval }),
    ...(timeoutIsInterval === true ? { scrape_timeout: interval } : {}),
  };
}

/** Command line of Prometheus, one argument per line. */
export function renderPrometheusArguments(topology: Topology, host: Host): string {
  return lines([
    '--config.file=/etc/holdfast/prometheus.yml',
    '--storage.tsdb.path=/var/lib/prometheus',
    `--storage.tsdb.retention.time=${topology.profile.monitoring.retentionMs / 3_600_000}h`,
    `--storage.tsdb.retention.size=${topology.profile.monitoring.retentionMegabytes}MB`,
    '--storage.tsdb.wal-compression',
    '--enable-feature=exemplar-storage',
    `--web.listen-address=0.0.0.0:${PORTS.prometheus}`,
    ...externalUrl(linksOf(topology, host).prometheus),
    '--query.max-concurrency=4',
    '--query.timeout=20s',
    `--query.lookback-delta=${promDuration(topology.profile.monitoring.lookbackMs)}`,
    // Alerts are sent again every few seconds, so that a restarted Alertmanager soon has all of them.
    '--rules.alert.resend-delay=5s',
    '--log.level=warn',
  ]);
}

/** Base URL of links in alerts, because the server's own host name is only known on its network. The route prefix stays `/`, whatever the path of the URL. */
export function externalUrl(url: string | undefined): readonly string[] {
  return url === undefined ? [] : [`--web.external-url=${url}`, '--web.route-prefix=/'];
}

/** One argument per line, the format of `exec-with-args-file`. */
export function lines(values: readonly string[]): string {
  return `${values.join('\n')}\n`;
}
