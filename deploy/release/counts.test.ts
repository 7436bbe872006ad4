import { expect, it } from 'vitest';
import { increaseOf, parseCounts } from './counts.ts';

/** As HAProxy 3.0.11 exposes them, shortened. */
const METRICS = `# TYPE haproxy_server_connection_errors_total counter
haproxy_server_connection_errors_total{proxy="app-pool",server="app1"} 1
haproxy_server_connection_errors_total{proxy="web",server="web1"} 9
haproxy_server_response_errors_total{proxy="app-pool",server="app1"} 2
haproxy_server_server_aborts_total{proxy="app-pool",server="app1"} 3
haproxy_server_http_responses_total{proxy="app-pool",server="app1",code="2xx"} 100
haproxy_server_http_responses_total{proxy="app-pool",server="app1",code="4xx"} 10
haproxy_server_http_responses_total{proxy="app-pool",server="app1",code="5xx"} 5
haproxy_server_http_responses_total{proxy="app-pool",server="app2",code="2xx"} 7
haproxy_server_http_responses_total{proxy="web",server="web1",code="5xx"} 50
`;

it('counts responses and requests without a complete one, per server of the backend', () => {
  expect(Object.fromEntries(parseCounts(METRICS, 'app-pool'))).toEqual({
    app1: { requests: 121, failures: 11 },
    app2: { requests: 7, failures: 0 },
  });
});

it('an increase is the difference of two readings, and after a restart the second one', () => {
  const before = { requests: 100, failures: 5 };
  expect(increaseOf(before, { requests: 120, failures: 6 })).toEqual({ requests: 20, failures: 1 });
  expect(increaseOf(before, { requests: 4, failures: 1 })).toEqual({ requests: 4, failures: 1 });
});
