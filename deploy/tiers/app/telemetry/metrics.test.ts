import { expect, it } from 'vitest';
import { makeMetrics } from './metrics.ts';

it('initializes counters of failed logins, so that a rate includes the first failure', async () => {
  const text = await makeMetrics('test').registry.metrics();
  const counted = [
    ...text.matchAll(/^http_request_duration_seconds_count\{method="POST",route="(.+)",status_code="(.+)"\} 0$/gm),
  ];
  expect(counted.map(([, route, status]) => `${route ?? ''} ${status ?? ''}`)).toEqual([
    '/login 500',
    '/login 503',
    '/api/login 500',
    '/api/login 503',
  ]);
});
