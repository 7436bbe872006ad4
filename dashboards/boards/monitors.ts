import type { Board } from '../board.ts';
import { UP } from './states.ts';
import { hostsVariable } from './variables.ts';

const H = 'host=~"$host"';

export const MONITORS: Board = {
  uid: 'holdfast-monitors',
  title: 'Monitors',
  question: 'Would we be told if something broke?',
  domains: ['monitor'],
  drillDown: 'holdfast-chaos',
  variables: [hostsVariable('monitor')],
  rows: [
    {
      title: 'Are they there',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Monitors',
          description: 'Whether Prometheus and Alertmanager of each host answer.',
          unit: 'short',
          queries: [
            { expr: `min by (job, host) (up{${H},job=~"prometheus|alertmanager"})`, legend: '{{job}} on {{host}}' },
          ],
          states: UP,
          alert: 'MonitorLost',
        },
        {
          kind: 'state-timeline',
          title: 'Jobs',
          description: 'Whether every target of a job answers.',
          unit: 'short',
          queries: [{ expr: 'min by (job) (up)', legend: '{{job}}' }],
          states: UP,
          alert: 'TargetDown',
        },
        {
          kind: 'timeseries',
          title: 'Members of Alertmanager',
          description: 'Members that each one knows of. Alone, each would mail for itself.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (alertmanager_cluster_members{${H}})`, legend: '{{host}} knows' },
            { expr: `max by (host) (alertmanager_cluster_failed_peers{${H}})`, legend: '{{host}} has lost' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Last sign of the watchdog',
          description:
            'How long ago each notifier heard the alert that always fires, and the switch on the mail host any notifier. When the first grows, the way from Prometheus is broken; when the last does, nothing is watched.',
          unit: 's',
          queries: [
            {
              expr: `time() - max by (host) (holdfast_notifier_watchdog_last_seen_timestamp_seconds{job="notifier",${H}})`,
              legend: '{{host}}',
            },
            {
              expr: 'time() - max by (host) (holdfast_notifier_watchdog_last_seen_timestamp_seconds{job="deadman"})',
              legend: '{{host}}: a sign of life of any',
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
          title: 'Time of a scrape',
          description: 'The slowest target of each job. It must stay far below the interval.',
          unit: 's',
          queries: [{ expr: 'max by (job) (scrape_duration_seconds)', legend: '{{job}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Samples',
          description: 'Samples of one scrape, by job. A jump means that labels got out of bounds.',
          unit: 'short',
          queries: [{ expr: 'sum by (job) (scrape_samples_scraped)', legend: '{{job}}' }],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Series',
          description: 'Series that Prometheus is writing.',
          unit: 'short',
          queries: [{ expr: `max by (host) (prometheus_tsdb_head_series{${H}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Evaluation of the rules',
          description: 'How long the rules took. Longer than their interval, and alerts come late.',
          unit: 's',
          queries: [{ expr: `max by (host) (prometheus_rule_group_last_duration_seconds{${H}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'What went wrong in Prometheus',
          description: 'Rules that failed or were left out, alerts that no Alertmanager took.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (host) (increase(prometheus_rule_evaluation_failures_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} rules failed',
            },
            {
              expr: `sum by (host) (increase(prometheus_rule_group_iterations_missed_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} evaluations left out',
            },
            {
              expr: `sum by (host) (increase(prometheus_notifications_errors_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} alerts not taken',
            },
            {
              expr: `sum by (host) (increase(prometheus_notifications_dropped_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} alerts dropped',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Alerts in Alertmanager',
          description: 'Alerts by state. Suppressed ones are silenced, or told by another one.',
          unit: 'short',
          queries: [{ expr: `max by (state) (alertmanager_alerts{${H}})`, legend: '{{state}}' }],
        },
      ],
    },
    {
      title: 'Lines of requests',
      panels: [
        {
          kind: 'timeseries',
          title: 'Datagrams',
          description: 'Lines of Nginx and HAProxy that each monitor has read.',
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
          title: 'Datagrams not counted',
          description:
            'Those that the kernel dropped since they were not read in time, and those from addresses that are no server of this stack.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(access_log_datagrams_dropped_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} dropped',
            },
            {
              expr: `sum by (host) (rate(access_log_datagrams_foreign_total{${H}}[$__rate_interval]))`,
              legend: '{{host}} from strangers',
            },
          ],
        },
      ],
    },
    {
      title: 'Log lines beside traces',
      panels: [
        {
          kind: 'timeseries',
          title: 'Lines for the logbook',
          description:
            'Whole log lines by what became of them. Surplus ones are of a trace that has more than one may have, foreign ones of no host of this stack.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (result) (rate(holdfast_logbook_lines_total[$__rate_interval]))',
              legend: '{{result}}',
            },
            {
              expr: 'sum(rate(holdfast_logbook_datagrams_dropped_total[$__rate_interval]))',
              legend: 'dropped by the kernel',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'How far back lines go',
          description:
            'Age of the oldest line that is kept: lasting ones are of requests whose trace is kept, passing ones of all others.',
          unit: 's',
          queries: [
            {
              expr: 'time() - min by (shelf) (holdfast_logbook_oldest_line_timestamp_seconds)',
              legend: '{{shelf}}',
              emptyWhen: 'no line of a request has come since the logbook was started',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Memory of kept lines',
          description: 'Memory that kept lines take, about. At its limit the oldest go.',
          unit: 'bytes',
          queries: [{ expr: 'max by (shelf) (holdfast_logbook_kept_bytes)', legend: '{{shelf}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Kept lines',
          description: 'Lines that can be looked up by their trace.',
          unit: 'short',
          queries: [{ expr: 'max by (shelf) (holdfast_logbook_kept_lines)', legend: '{{shelf}}' }],
        },
      ],
    },
    {
      title: 'The way to a person',
      panels: [
        {
          kind: 'timeseries',
          title: 'Oldest mail that waits',
          description: 'Age of the oldest mail that could not be handed over yet.',
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
          title: 'Mails',
          description:
            'Tries to send a mail by how they ended. Known means that the other notifier had told it already.',
          unit: 'short',
          queries: [
            {
              expr: `sum by (outcome) (increase(holdfast_notifier_sendings_total{job="notifier",${H}}[$__rate_interval]))`,
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
          title: 'Notifications of Alertmanager',
          description: 'Notifications handed to the notifiers, and those that they did not take.',
          unit: 'ops',
          queries: [
            {
              expr: `sum by (host) (rate(alertmanager_notifications_total{${H},integration="webhook"}[$__rate_interval]))`,
              legend: '{{host}}',
            },
            {
              expr: `sum by (host) (rate(alertmanager_notifications_failed_total{${H},integration="webhook"}[$__rate_interval]))`,
              legend: '{{host}} not taken',
            },
          ],
          alert: 'NotificationsFailing',
        },
        {
          kind: 'timeseries',
          title: 'Waiting and put aside',
          description: 'Mails that wait, and notifications that nobody could be mailed about.',
          unit: 'short',
          queries: [
            { expr: `max by (host) (holdfast_notifier_queue_length{job="notifier",${H}})`, legend: '{{host}} wait' },
            { expr: `max by (host) (holdfast_notifier_dead_mails{job="notifier",${H}})`, legend: '{{host}} put aside' },
          ],
        },
      ],
    },
    {
      title: 'What watching costs',
      panels: [
        {
          kind: 'timeseries',
          title: 'Processor time',
          description: 'Share of one core that each process of the monitors takes.',
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
          title: 'Memory',
          description: 'Memory in RAM of each process of the monitors.',
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
