import { VITALS, type VitalName } from '../../deploy/model/web-vitals.ts';
import type { Board, TimeseriesPanel } from '../board.ts';
import { NOBODY_ASKS } from './queries.ts';

const NOBODY_LOOKS = 'no browser has shown a page';

/** Three of four page views were at least as good as this: the share by which web vitals are judged. */
function vital(name: VitalName, title: string, what: string): TimeseriesPanel {
  const { metric, unit } = VITALS[name];
  return {
    kind: 'timeseries',
    title,
    description: `${what}, p75 by page. The lines are where good ends and where poor begins.`,
    unit: unit === 'seconds' ? 's' : 'short',
    queries: [
      {
        expr: `histogram_quantile(0.75, sum by (le, route) (rate(${metric}_bucket[$__rate_interval])))`,
        legend: '{{route}}',
        emptyWhen: NOBODY_LOOKS,
      },
    ],
    vital: name,
  };
}

export const USER_BEHAVIOUR: Board = {
  uid: 'holdfast-user-behaviour',
  title: 'Real user behaviour',
  question: 'How do pages do for the people who open them, and what do these people do?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [],
  rows: [
    {
      title: 'How fast pages are',
      panels: [
        vital('lcp', 'Largest contentful paint', 'Time until the largest part of a page was shown'),
        vital('inp', 'Interaction to next paint', 'Time from a click or a key until the page showed what it did'),
        vital('cls', 'Cumulative layout shift', 'How much of a page moved under the eyes of its reader'),
        vital('fcp', 'First contentful paint', 'Time until anything of a page was shown'),
        vital('ttfb', 'Time to first byte', 'Time until the first byte of a page arrived'),
      ],
    },
    {
      title: 'What people do',
      panels: [
        {
          kind: 'timeseries',
          title: 'Page views',
          description:
            'Pages that browsers have shown, by page. Programs that read pages and run no scripts are not in it.',
          unit: 'ops',
          queries: [{ expr: 'sum by (route) (rate(page_views_total[$__rate_interval]))', legend: '{{route}}' }],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Route changes',
          description: 'Moves from one page of the shop to another, by the page that they led to.',
          unit: 'ops',
          queries: [{ expr: 'sum by (route) (rate(page_route_changes_total[$__rate_interval]))', legend: '{{route}}' }],
        },
        {
          kind: 'timeseries',
          title: 'From the first page to an order',
          description:
            'Products looked at, logins and orders, as the application counted them; between two lines is who went no further. Programs are in it too.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum(rate(http_request_duration_seconds_count{job="app",route=~"/products/:id|/api/products/:id",status_code="200"}[$__rate_interval]))',
              legend: 'products looked at',
              emptyWhen: NOBODY_ASKS,
            },
            {
              expr: 'sum(rate(http_request_duration_seconds_count{job="app",method="POST",route=~"/login|/api/login",status_code=~"200|303"}[$__rate_interval]))',
              legend: 'logins',
              emptyWhen: 'nobody has signed in since the application was started',
            },
            { expr: 'sum(rate(orders_total{result="created"}[$__rate_interval]))', legend: 'orders' },
          ],
        },
      ],
    },
    {
      title: 'What goes wrong',
      panels: [
        {
          kind: 'timeseries',
          title: 'Errors of scripts',
          description: 'Uncaught errors of scripts, by page. What they say stays in the browser.',
          unit: 'ops',
          queries: [{ expr: 'sum by (route) (rate(page_errors_total[$__rate_interval]))', legend: '{{route}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Refused beacons',
          description:
            'Beacons that were not counted, by reason. Too many is a flood; most others are not sent by pages of the shop.',
          unit: 'ops',
          queries: [{ expr: 'sum by (reason) (rate(beacons_refused_total[$__rate_interval]))', legend: '{{reason}}' }],
        },
      ],
    },
  ],
};
