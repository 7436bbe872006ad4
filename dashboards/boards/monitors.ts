import type { Board } from '../board.ts';
import { UP } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'host=~"$host"';

export const MONITORS: Board = {
  uid: 'holdfast-monitors',
  title: 'Monitors',
  question: 'Would an alert reach the on-call engineer if something broke?',
  domains: ['monitor'],
  drillDown: 'holdfast-chaos',
  variables: [hostsVariable('monitor')],
  rows: [
    {
      title: 'Availability',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Prometheus and Alertmanager availability',
          description: 'Shows whether Prometheus and Alertmanager of each host respond.',
          unit: 'short',
          queries: [
            { expr: `min by (job, host) (up{${H},job=~"prometheus|alertmanager"})`, legend: '{{job}} on {{host}}' },
          ],
          states: UP,
          alert: 'MonitorLost',
        },
        {
          kind: 'state-timeline',
          title: 'Job availability',
          description: 'Shows whether Prometheus can scrape every target of a job.',
          unit: 'short',
          queries: [{ expr: 'min by (job) (up)', legend: '{{job}}' }],
          states: UP,
          alert: 'TargetDown',
        },
        {
          kind: 'timeseries',
          title: 'Alertmanager cluster members',
          description:
            'Cluster members that each Alertmanager knows, and members that it lost. An isolated Alertmanager sends its own notifications.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (alertmanager_cluster_members{${H}})`, legend: '{{host}} members' },
            { expr: `max by (host) (alertmanager_cluster_failed_peers{${H}})`, legend: '{{host}} lost members' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Watchdog age',
          description:
            "Time since each notifier received the watchdog alert, and since the dead man's switch on the mail host received any notifier's heartbeat. When the first increases, the path from Prometheus is broken; when the last increases, nothing is monitored.",
          unit: 's',
          queries: [
            {
              expr: `time() - max by (host) (holdfast_notifier_watchdog_last_seen_timestamp_seconds{job="notifier",${H}})`,
              legend: '{{host}}',
            },
            {
              expr: 'time() - max by (host) (holdfast_notifier_watchdog_last_seen_timestamp_seconds{job="deadman"})',
              legend: '{{host}}: heartbeat of any notifier',
            },
          ],
        },
      ],
    },
    {
      title: 'Scraping and rules',
      panels: [
        {
          kind: 'timeseries',
          title: 'Scrape duration',
          description: 'Scrape duration of the slowest target of each job. It must stay far below the scrape interval.',
          unit: 's',
          queries: [{ expr: 'max by (job) (scrape_duration_seconds)', legend: '{{job}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Samples per scrape',
          description: 'Samples of one scrape, by job. A jump means unbounded label values.',
          unit: 'short',
          queries: [{ expr: 'sum by (job) (scrape_samples_scraped)', legend: '{{job}}' }],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Active series',
          description: 'Series that Prometheus is currently writing.',
          unit: 'short',
          queries: [{ expr: `max by (host) (prometheus_tsdb_head_series{${H}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Rule evaluation duration',
          description:
            'Duration of the last evaluation of the rules. If it exceeds the evaluation interval, alerts are late.',
          unit: 's',
          queries: [{ expr: `max by (host) (prometheus_rule_group_last_duration_seconds{${H}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Rule and notification errors',
          description: 'Rule evaluations that failed or were missed, and alerts that no Alertmanager accepted.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (host) (increase(prometheus_rule_evaluation_failures_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} failed rule evaluations',
            },
            {
              expr: `sum by (host) (increase(prometheus_rule_group_iterations_missed_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} missed evaluations',
            },
            {
              expr: `sum by (host) (increase(prometheus_notifications_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} alerts not accepted',
            },
            {
              expr: `sum by (host) (increase(prometheus_notifications_dropped_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} alerts dropped',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Alertmanager alerts by state',
          description: 'Alerts by state. Suppressed alerts are silenced, or inhibited by another alert.',
          unit: 'short',
          queries: [{ expr: `max by (state) (alertmanager_alerts{${H}})`, legend: '{{state}}' }],
        },
      ],
    },
    {
      title: 'Access logs',
      panels: [
        {
          kind: 'timeseries',
          title: 'Received access-log datagrams',
          description: 'Access-log lines of Nginx and HAProxy that each monitor has read.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(access_log_datagrams_received_total{${H}}[$__rate_interval]))`,
              legend: '{{host}}',
            },
          ],
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'timeseries',
          title: 'Discarded access-log datagrams',
          description:
            'Datagrams that the kernel dropped because they were not read in time, and datagrams from addresses outside this stack.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(access_log_datagrams_dropped_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} dropped',
            },
            {
              expr: `sum by (host) (rate(access_log_datagrams_unknown_source_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} unknown source',
            },
          ],
        },
      ],
    },
    {
      title: 'Request logs',
      panels: [
        {
          kind: 'timeseries',
          title: 'Request log lines by result',
          description:
            'Full log lines by result. `over_limit`: the trace has too many lines; `unknown_source`: the sender is outside this stack.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (result) (rate(holdfast_trace_logs_lines_total[$__rate_interval]))',
              legend: '{{result}}',
            },
            {
              expr: 'sum(rate(holdfast_trace_logs_datagrams_dropped_total[$__rate_interval]))',
              legend: 'dropped by the kernel',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Age of the oldest request log line',
          description:
            'Age of the oldest stored line. Retained lines belong to requests whose trace is sampled, transient lines to all others.',
          unit: 's',
          queries: [
            {
              expr: 'time() - min by (buffer) (holdfast_trace_logs_oldest_line_timestamp_seconds)',
              legend: '{{buffer}}',
              emptyWhen: 'no request log line has arrived since the trace log store started',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Request log memory',
          description:
            'Approximate memory that the stored lines use. At the limit, the trace log store removes the oldest lines.',
          unit: 'bytes',
          queries: [{ expr: 'max by (buffer) (holdfast_trace_logs_kept_bytes)', legend: '{{buffer}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Stored request log lines',
          description: 'Stored lines that users can find by trace ID.',
          unit: 'short',
          queries: [{ expr: 'max by (buffer) (holdfast_trace_logs_kept_lines)', legend: '{{buffer}}' }],
        },
      ],
    },
    {
      title: 'Alert delivery',
      panels: [
        {
          kind: 'timeseries',
          title: 'Oldest queued mail',
          description: 'Age of the oldest mail that the notifier could not deliver yet.',
          unit: 's',
          queries: [
            {
              expr: `max by (host) (holdfast_notifier_oldest_queued_age_seconds{job="notifier",${H}})`,
              legend: '{{host}}',
            },
          ],
          alert: 'NotificationsFailing',
        },
        {
          kind: 'timeseries',
          title: 'Mail delivery attempts by outcome',
          description:
            'Mail delivery attempts by outcome. Known means skipped, because the other notifier had already sent the mail.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (outcome) (increase(holdfast_notifier_deliveries_total{job="notifier",${H}}[$__rate_interval]))`,
              legend: '{{outcome}}',
            },
            {
              expr: 'sum(increase(holdfast_mailbox_mails_received_total[$__rate_interval]))',
              legend: 'arrived in the mailbox',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Alertmanager notifications',
          description:
            'Notifications that Alertmanager sent to the notifiers, and notifications that they did not accept.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(alertmanager_notifications_total{${H},integration="webhook"}[$__rate_interval]))`,
              legend: '{{host}}',
            },
            {
              expr: `sum by (host) (rate(alertmanager_notifications_failed_total{${H},integration="webhook"}[$__rate_interval]))`,
              legend: '{{host}} not accepted',
            },
          ],
          alert: 'NotificationsFailing',
        },
        {
          kind: 'timeseries',
          title: 'Queued and dead-lettered mails',
          description: 'Mails in the queue, and notifications in the dead-letter queue, which could not be mailed.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (holdfast_notifier_queue_length{job="notifier",${H}})`, legend: '{{host}} queued' },
            {
              expr: `max by (host) (holdfast_notifier_dead_letters{job="notifier",${H}})`,
              legend: '{{host}} dead-lettered',
            },
          ],
        },
      ],
    },
    {
      title: 'Monitoring overhead',
      panels: [
        {
          kind: 'timeseries',
          title: 'CPU usage',
          description: 'Share of one CPU core that each process of the monitors uses.',
          unit: 'percentunit',
          queries: [
            {
              expr: 'sum by (job, host) (rate(process_cpu_seconds_total{tier=~"monitor|mail|trace"}[$__rate_interval]))',
              legend: '{{job}} on {{host}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Memory usage',
          description: 'Resident memory of each process of the monitors.',
          unit: 'bytes',
          queries: [
            {
              expr: 'sum by (job, host) (process_resident_memory_bytes{tier=~"monitor|mail|trace"})',
              legend: '{{job}} on {{host}}',
            },
          ],
          stacked: true,
        },
      ],
    },
  ],
};
