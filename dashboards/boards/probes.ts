import type { Board, State } from '../board.ts';

const HOP = 'job="hop",host=~"$hop"';
const GOES: Readonly<Record<number, State>> = { 0: { text: 'fails', is: 'bad' }, 1: { text: 'works', is: 'good' } };

export const PROBES: Board = {
  uid: 'holdfast-probes',
  title: 'Probes',
  question: 'Does a customer get through the shop, and does every hop on the way give a page?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [{ name: 'hop', label: 'Hop', selector: 'up{job="hop"}', of: 'host' }],
  rows: [
    {
      title: 'A customer',
      panels: [
        {
          kind: 'state-timeline',
          title: 'The journey',
          description: 'Whether logging in, looking at a product, ordering it and reading the order back works.',
          unit: 'short',
          queries: [{ expr: 'max(probe_success{job="journey"})', legend: 'shop' }],
          states: GOES,
          alert: 'JourneyFailing',
        },
        {
          kind: 'state-timeline',
          title: 'Its steps',
          description: 'Which step fails. A step that was not reached counts as failed.',
          unit: 'short',
          queries: [{ expr: 'max by (step) (probe_journey_step_success)', legend: '{{step}}' }],
          states: GOES,
        },
        {
          kind: 'timeseries',
          title: 'Time of the journey',
          description: 'How long the customer waited in all.',
          unit: 's',
          queries: [{ expr: 'max(probe_duration_seconds{job="journey"})', legend: 'all steps' }],
        },
        {
          kind: 'timeseries',
          title: 'Time of its steps',
          description: 'How long the customer waited at each step.',
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
          title: 'Ways in',
          description: 'Whether the site gives a whole page by http and by https.',
          unit: 'short',
          queries: [{ expr: 'max by (host) (probe_success{job="hop",host=~"http|https"})', legend: '{{host}}' }],
          states: GOES,
          alert: 'SiteUnreachable',
          drillDown: 'holdfast-lb',
        },
        {
          kind: 'state-timeline',
          title: 'Hops',
          description: 'Whether each hop, asked directly, gives a whole page, or takes what its database route is for.',
          unit: 'short',
          queries: [{ expr: `max by (host) (probe_success{${HOP}})`, legend: '{{host}}' }],
          states: GOES,
          alert: 'HopFailing',
        },
        {
          kind: 'timeseries',
          title: 'Time of a probe',
          description: 'How long each hop took for its page, or its database route for a query.',
          unit: 's',
          queries: [{ expr: `max by (host) (probe_duration_seconds{${HOP}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Phases of a probe',
          description: 'The slowest hop by phase: connecting, TLS, waiting for the answer, reading it.',
          unit: 's',
          queries: [{ expr: `max by (phase) (probe_http_duration_seconds{${HOP}})`, legend: '{{phase}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Status',
          description: 'Status of the answer. A hop that does not answer has none.',
          unit: 'short',
          queries: [{ expr: `max by (host) (probe_http_status_code{${HOP}})`, legend: '{{host}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Time until certificates end',
          description:
            'Of the site, the databases and the mailbox. Below 0 it has ended. Every `up` renews a certificate that has less than 30 days left.',
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
