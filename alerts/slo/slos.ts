import { OTHER_ROUTE } from '../../deploy/route-classes.ts';
import type { Slo } from './slo.ts';

/** Pages and the API that a reader waits for; not what load balancers ask. */
const READS = `job="app",method="GET",route!~"/readyz|/livez|${OTHER_ROUTE}"`;

/** The objectives of the reference stack. */
export const SLOS: readonly Slo[] = [
  {
    id: 'site/availability',
    journey: 'Whatever is asked of the site, it answers without an error of its own.',
    objective: 0.999,
    // At the load balancers, which the edges ask: what an edge answers itself is not in it, the edges' health checks (about 8/s) are.
    sli: {
      kind: 'ratio',
      events: 'haproxy_frontend_http_responses_total{proxy=~"http|https"}',
      bad: 'haproxy_frontend_http_responses_total{proxy=~"http|https",code="5xx"}',
      example: {
        good: 'haproxy_frontend_http_responses_total{host="lb1",proxy="http",code="2xx"}',
        bad: 'haproxy_frontend_http_responses_total{host="lb1",proxy="http",code="5xx"}',
      },
    },
    owner: 'application',
    coveredBy: 'LoadBalancerLost',
    alerts: { fast: 'AvailabilityBudgetBurnsFast', slow: 'AvailabilityBudgetBurnsSlowly' },
    failing: 'answers of the load balancers were errors (5xx)',
  },
  {
    id: 'pages/latency',
    journey: 'A page, or what it is made from, is there before a person notices the wait.',
    objective: 0.99,
    sli: {
      kind: 'latency',
      histogram: 'http_request_duration_seconds',
      matchers: READS,
      atMostSeconds: 0.3,
      example: 'host="app1",job="app",method="GET",route="/",status_code="200"',
    },
    owner: 'application',
    coveredBy: 'AppHostLost',
    alerts: { fast: 'PageLatencyBudgetBurnsFast', slow: 'PageLatencyBudgetBurnsSlowly' },
    failing: 'pages took longer than 300 ms in the application',
  },
  {
    id: 'orders/placed',
    journey: 'Who places an order that the shop could take gets it.',
    objective: 0.999,
    // Orders that the shop refuses (sold out, wrong) are neither good nor bad: they say nothing of the service.
    sli: {
      kind: 'ratio',
      events: 'orders_total{result=~"created|replayed|unavailable|failed"}',
      bad: 'orders_total{result=~"unavailable|failed"}',
      example: { good: 'orders_total{host="app1",result="created"}', bad: 'orders_total{host="app1",result="failed"}' },
    },
    owner: 'application',
    coveredBy: 'AppHostLost',
    alerts: { fast: 'OrdersBudgetBurnsFast', slow: 'OrdersBudgetBurnsSlowly' },
    failing: 'orders could not be placed',
  },
];
