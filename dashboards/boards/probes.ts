import type { Board, State } from '../board.ts';

const HOP = 'job="hop",host=~"$hop"';
const GOES: Readonly<Record<number, State>> = { 0: { text: 'fails', is: 'bad' }, 1: { text: 'works', is: 'good' } };

export const PROBES: Board = {
  uid: 'holdfast-probes',
  title: 'Probes',
  question: 'Can a customer use the shop, and does every hop on the path return a page?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [{ name: 'hop', label: 'Hop', selector: 'up{job="hop"}', of: 'host' }],
  rows: [
    {
      title: 'Synthetic transaction',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Synthetic transaction status',
          description: 'Shows whether the prober can log in, view a product, order it and read the order back.',
          unit: 'short',
          queries: [{ expr: 'max(probe_success{job="journey"})', legend: 'shop' }],
          states: GOES,
          alert: 'JourneyFailing',
        },
        {
          kind: 'state-timeline',
          title: 'Step status',
          description: 'Result of each step. A step that was not reached counts as failed.',
          unit: 'short',
          queries: [{ expr: 'max by (step) (probe_journey_step_success)', legend: '{{step}}' }],
          states: GOES,
        },
        {
          kind: 'timeseries',
          title: 'Synthetic transaction duration',
          description: 'Total time that the prober waited for all steps.',
          unit: 's',
          queries: [{ expr: 'max(probe_duration_seconds{job="journey"})', legend: 'all steps' }],
        },
        {
          kind: 'timeseries',
          title: 'Step duration',
          description: 'Time that the prober waited at each step.',
          unit: 's',
          queries: [{ expr: 'max by (step) (probe_journey_step_duration_seconds)', legend: '{{step}}' }],
          stacked: true,
        },
      ],
    },
    {
      title: 'Hops',
      panels: [
        {
          kind: 'state-timeline',
          title: 'Public endpoints',
          description: 'Shows whether the site returns a complete page over HTTP and over HTTPS.',
          unit: 'short',
          queries: [{ expr: 'max by (host) (probe_success{job="hop",host=~"http|https"})', legend: '{{host}}' }],
          states: GOES,
          alert: 'SiteUnreachable',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'state-timeline',
          title: 'Hop status',
          description:
            'Shows whether each hop, probed directly, returns a complete page. A database route must accept the queries that it is intended for.',
          unit: 'short',
          queries: [{ expr: `max by (host) (probe_success{${HOP}})`, legend: '{{host}}' }],
          states: GOES,
          alert: 'HopFailing',
        },
        {
          kind: 'timeseries',
          title: 'Probe duration',
          description: 'Time that each hop took to return its page, or that its database route took for a query.',
          unit: 's',
          queries: [{ expr: `max by (host) (probe_duration_seconds{${HOP}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Probe duration by phase',
          description: 'Duration at the slowest hop, by phase: connect, TLS, wait for the response, read the response.',
          unit: 's',
          queries: [{ expr: `max by (phase) (probe_http_duration_seconds{${HOP}})`, legend: '{{phase}}' }],
        },
        {
          kind: 'timeseries',
          title: 'HTTP status code',
          description: 'Status code of the response. A hop that does not respond has none.',
          unit: 'short',
          queries: [{ expr: `max by (host) (probe_http_status_code{${HOP}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Time until certificate expiry',
          description:
            'Certificates of the site, the databases and the mailbox. Below 0, a certificate has expired. Every `up` renews a certificate with less than 30 days left.',
          unit: 's',
          signed: true,
          queries: [
            { expr: 'min by (host) (probe_ssl_earliest_cert_expiry{job="hop"} - time())', legend: '{{host}}' },
            { expr: 'min by (host) (mysql_global_status_ssl_server_not_after - time())', legend: '{{host}}' },
            { expr: 'min by (host) (holdfast_mailbox_certificate_end_timestamp_seconds - time())', legend: '{{host}}' },
          ],
          alert: 'CertificateExpiring',
          drillDown: 'holdfast-lb',
        },
      ],
    },
  ],
};
