import type { Board } from '../board.ts';
import { NOBODY_ASKS } from './queries.ts';
import { hostsVariable } from './variables.ts';

/** Nobody but the edges asks these frontends. */
const FRONT = 'host=~"$host",proxy=~"http|https"';

export const EDGE: Board = {
  uid: 'holdfast-edge',
  title: 'Edges',
  question: 'What do the edges have to ask of the site, and what do they get?',
  domains: ['edge', 'site'],
  drillDown: 'holdfast-lb',
  variables: [hostsVariable('lb')],
  rows: [
    {
      title: 'What the edges pass on',
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests to the site',
          description:
            'What the edges could not answer from their own cache, and their checks whether the site is there.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (proxy) (rate(haproxy_frontend_http_requests_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{proxy}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'What they get',
          description: 'Answers by class. An edge that gets 5xx goes on with what it has.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (code) (rate(haproxy_frontend_http_responses_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{code}}',
            },
          ],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Errors',
          description: 'Share of the answers that are 5xx.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (host) (rate(haproxy_frontend_http_responses_total{${FRONT},code="5xx"}[$__rate_interval])) / sum by (host) (rate(haproxy_frontend_http_responses_total{${FRONT}}[$__rate_interval]))`,
              legend: '{{host}}',
              emptyWhen: NOBODY_ASKS,
            },
          ],
          alert: 'HighErrorRate',
        },
        {
          kind: 'timeseries',
          title: 'Connections and bad requests',
          description: 'Sessions that the edges hold open, and requests that were not understood.',
          unit: 'short',
          queries: [
            { expr: `sum by (host) (haproxy_frontend_current_sessions{${FRONT}})`, legend: 'sessions at {{host}}' },
            {
              expr: `sum by (host) (increase(haproxy_frontend_request_errors_total{${FRONT}}[$__rate_interval]))`,
              legend: 'not understood at {{host}}',
            },
          ],
        },
      ],
    },
  ],
};
