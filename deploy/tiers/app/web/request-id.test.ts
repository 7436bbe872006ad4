import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { makeMetrics } from '../telemetry/metrics.ts';
import type { EndTrace } from '../telemetry/tracing.ts';
import { makeServer } from './make-server.ts';
import type { ShopServices } from './shop-services.ts';

it.each([
  ['0f1e2d3c-0000-4000-8000-123456789abc', '0f1e2d3c-0000-4000-8000-123456789abc'],
  ['somebody@example.org', 'none'],
  ['x'.repeat(65), 'none'],
  [undefined, 'none'],
])('a request with the ID %s is recorded as %s', async (id, recorded) => {
  const endTrace = vi.fn<EndTrace>(() => undefined);
  const services = { metrics: makeMetrics('test'), asset: (name: string) => name } as unknown as ShopServices;
  await using app = makeServer({
    services,
    phase: { current: 'ready' },
    version: 'abc',
    log: pino({ level: 'silent' }),
    endTrace,
  });
  await app.inject({ url: '/nowhere', headers: id === undefined ? {} : { 'x-request-id': id } });
  await vi.waitFor(() => {
    expect(endTrace).toHaveBeenCalledOnce();
  });
  expect(endTrace.mock.calls[0]?.[1].attributes).toMatchObject({ 'http.request.header.x-request-id': recorded });
});
