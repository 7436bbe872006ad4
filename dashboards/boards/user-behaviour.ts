import { VITALS, type VitalName } from '../../deploy/model/web-vitals.ts';
import type { Board, TimeseriesPanel } from '../board.ts';
import { NO_TRAFFIC } from './queries.ts';

const NO_PAGE_VIEWS = 'no browser has reported a page view';

/** The p75 of a web vital: the percentile for the assessment of web vitals. */
function vital(name: VitalName, title: string, what: string): TimeseriesPanel {
  const { metric, unit } = VITALS[name];
  return {
    kind: 'timeseries',
    title,
    description: `${what}, p75 by page. The lines are the limits of good and poor.`,
    unit: unit === 'seconds' ? 's' : 'short',
    queries: [
      {
        expr: `histogram_quantile(0.75, sum by (le, route) (rate(${metric}_bucket[$__rate_interval])))`,
        legend: '{{route}}',
        emptyWhen: NO_PAGE_VIEWS,
      },
    ],
    vital: name,
  };
}

export const USER_BEHAVIOUR: Board = {
  uid: 'holdfast-user-behaviour',
  title: 'Real user monitoring (RUM)',
  question: 'How fast are pages for real users, and how do they use the shop?',
  domains: ['site'],
  drillDown: 'holdfast-app',
  variables: [],
  rows: [
    {
      title: 'Web vitals',
      panels: [
        vital('lcp', 'Largest contentful paint (LCP)', 'Time until the browser displayed the largest part of a page'),
        vital('inp', 'Interaction to next paint (INP)', 'Time from a click or key press until its visible effect'),
        vital('cls', 'Cumulative layout shift (CLS)', 'Amount of visible page content that moved unexpectedly'),
        vital('fcp', 'First contentful paint (FCP)', 'Time until the browser displayed the first content of a page'),
        vital('ttfb', 'Time to first byte (TTFB)', 'Time until the first byte of a page arrived'),
      ],
    },
    {
      title: 'Usage',
      panels: [
        {
          kind: 'timeseries',
          title: 'Page views',
          description: 'Page views that browsers reported, by page. Clients that do not run scripts are not included.',
          unit: 'ops',
          queries: [{ expr: 'sum by (route) (rate(page_views_total[$__rate_interval]))', legend: '{{route}}' }],
          stacked: true,
        },
        {
          kind: 'timeseries',
          title: 'Route changes',
          description: 'Navigations from one page of the shop to another, by destination page.',
          unit: 'ops',
          queries: [{ expr: 'sum by (route) (rate(page_route_changes_total[$__rate_interval]))', legend: '{{route}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Conversion funnel',
          description:
            'Product views, logins and orders, as counted by the application. The gap between two lines is the drop-off. Automated clients are included.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum(rate(http_request_duration_seconds_count{job="app",route=~"/products/:id|/api/products/:id",status_code="200"}[$__rate_interval]))',
              legend: 'product views',
              emptyWhen: NO_TRAFFIC,
            },
            {
              expr: 'sum(rate(http_request_duration_seconds_count{job="app",method="POST",route=~"/login|/api/login",status_code=~"200|303"}[$__rate_interval]))',
              legend: 'logins',
              emptyWhen: 'there has been no login since the application started',
            },
            { expr: 'sum(rate(orders_total{result="created"}[$__rate_interval]))', legend: 'orders' },
          ],
        },
      ],
    },
    {
      title: 'Errors',
      panels: [
        {
          kind: 'timeseries',
          title: 'JavaScript errors',
          description: 'Uncaught errors of scripts, by page. The error messages stay in the browser.',
          unit: 'ops',
          queries: [{ expr: 'sum by (route) (rate(page_errors_total[$__rate_interval]))', legend: '{{route}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Rejected beacons',
          description:
            'Beacons that were not counted, by reason. The reason `too-many` means a flood; most others do not come from pages of the shop.',
          unit: 'ops',
          queries: [{ expr: 'sum by (reason) (rate(beacons_refused_total[$__rate_interval]))', legend: '{{reason}}' }],
        },
      ],
    },
  ],
};
