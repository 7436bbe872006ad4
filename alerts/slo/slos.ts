import { OTHER_ROUTE } from '../../deploy/model/route-classes.ts';
import type { Slo } from './slo.ts';

/** Pages and API requests of users, without health checks. */
const READS = `job="app",method="GET",route!~"/readyz|/livez|${OTHER_ROUTE}"`;

/** Excludes 4xx responses (invalid, sold out, wrong password): the service refuses these correctly. */
const NOT_REFUSED = 'status_code!~"4.."';
/** Excludes failures too: their latency is irrelevant, and another SLO counts them. */
const DONE = 'status_code!~"[45].."';
/** Orders and logins, each through the page and through the API. */
const ORDERS = 'job="app",method="POST",route=~"/orders|/api/orders"';
const LOGINS = 'job="app",method="POST",route=~"/login|/api/login"';

/** Labels of an example series of one route of the application. */
const posted = (route: string, status: number): string =>
  `host="app1",job="app",method="POST",route="${route}",status_code="${status}"`;

/** The SLOs of the reference stack. */
export const SLOS: readonly Slo[] = [
  {
    id: 'site/availability',
    journey: 'The site responds to every request without a server error.',
    objective: 0.999,
    // Counted at the entries of the site: access-log lines of the edges, and of the load balancers for clients that bypass the edges. Health checks
    // are excluded. An edge that is down writes no lines; its failed probes count instead.
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
    // Orders that the shop refuses (sold out, invalid) are neither good nor bad.
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
    // During a database failover orders wait for up to nine seconds. They succeed late, which spends this budget.
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
    // Higher than the limit for pages: the password hash is slow by design.
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
