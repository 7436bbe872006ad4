import { OTHER_ROUTE } from '../../deploy/model/route-classes.ts';
import type { Slo } from './slo.ts';

/** Pages and the API that a reader waits for; not what load balancers ask. */
const READS = `job="app",method="GET",route!~"/readyz|/livez|${OTHER_ROUTE}"`;

/** What the application answers with 4xx (wrong, sold out, another password) is refused in its order: it says nothing of the service. */
const NOT_REFUSED = 'status_code!~"4.."';
/** How long a failure took says nothing either: that it failed is another objective's. */
const DONE = 'status_code!~"[45].."';
/** Both ways to place an order, and both to log in: the page's and the API's. */
const ORDERS = 'job="app",method="POST",route=~"/orders|/api/orders"';
const LOGINS = 'job="app",method="POST",route=~"/login|/api/login"';

/** A series of one of the application's routes, as an example. */
const posted = (route: string, status: number): string =>
  `host="app1",job="app",method="POST",route="${route}",status_code="${status}"`;

/** The objectives of the reference stack. */
export const SLOS: readonly Slo[] = [
  {
    id: 'site/availability',
    journey: 'The site responds to every request without a server error.',
    objective: 0.999,
    // Where customers are: the edges' own lines, and those of the load balancers about clients without an edge. Health checks are no part of it. An edge
    // that is down writes no lines; its failed probes count instead.
    sli: {
      kind: 'ratio',
      events: 'site_requests_total',
      bad: 'site_requests_total{outcome="error"}',
      example: {
        good: 'site_requests_total{host="edge1",job="site",source="client",outcome="ok"}',
        bad: 'site_requests_total{host="edge1",job="site",source="client",outcome="error"}',
      },
    },
    owner: 'application',
    coveredBy: 'TargetDown',
    alerts: { fast: 'AvailabilityBudgetBurnsFast', slow: 'AvailabilityBudgetBurnsSlowly' },
    failing: 'requests where customers enter failed with an error of the site (5xx)',
  },
  {
    id: 'pages/latency',
    journey: 'Pages and their data load before users notice a delay.',
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
    journey: 'Valid orders succeed.',
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
  {
    id: 'orders/latency',
    journey: 'Orders are confirmed quickly.',
    objective: 0.99,
    // A failover of the database makes orders wait for up to nine seconds. They are placed, and late: that is what this budget is for.
    sli: {
      kind: 'latency',
      histogram: 'http_request_duration_seconds',
      matchers: `${ORDERS},${DONE}`,
      atMostSeconds: 1,
      example: posted('/api/orders', 201),
    },
    owner: 'application',
    coveredBy: 'AppHostLost',
    alerts: { fast: 'OrderLatencyBudgetBurnsFast', slow: 'OrderLatencyBudgetBurnsSlowly' },
    failing: 'orders took longer than 1 s in the application',
  },
  {
    id: 'logins/succeed',
    journey: 'Logins with a correct password succeed.',
    objective: 0.999,
    sli: {
      kind: 'ratio',
      events: `http_request_duration_seconds_count{${LOGINS},${NOT_REFUSED}}`,
      bad: `http_request_duration_seconds_count{${LOGINS},status_code=~"5.."}`,
      example: {
        good: `http_request_duration_seconds_count{${posted('/api/login', 200)}}`,
        bad: `http_request_duration_seconds_count{${posted('/api/login', 503)}}`,
      },
    },
    owner: 'application',
    coveredBy: 'AppHostLost',
    alerts: { fast: 'LoginsBudgetBurnsFast', slow: 'LoginsBudgetBurnsSlowly' },
    failing: 'logins failed with an error of the application (5xx)',
  },
  {
    id: 'logins/latency',
    journey: 'Logins complete quickly.',
    objective: 0.99,
    // Longer than a page may take: a password is compared with a hash that is made to be slow.
    sli: {
      kind: 'latency',
      histogram: 'http_request_duration_seconds',
      matchers: `${LOGINS},${DONE}`,
      atMostSeconds: 0.5,
      example: posted('/api/login', 200),
    },
    owner: 'application',
    coveredBy: 'AppHostLost',
    alerts: { fast: 'LoginLatencyBudgetBurnsFast', slow: 'LoginLatencyBudgetBurnsSlowly' },
    failing: 'logins took longer than 500 ms in the application',
  },
];
