import { expect, it } from 'vitest';
import { PROBE_HOP } from '../catalog/probe.ts';
import type { ClientSpan } from './client-span.ts';
import { makeProbeModule } from './probe-module.ts';

const SPAN: ClientSpan = { traceId: '1', name: 'probe db-read', startedAtMs: 0, seconds: 0, attributes: {} };

async function probeOnce(
  signal: AbortSignal,
): Promise<{ readonly sent: readonly ClientSpan[]; readonly lines: readonly string[] }> {
  const sent: ClientSpan[] = [];
  const lines: string[] = [];
  const { probe } = makeProbeModule({
    name: 'hop',
    metrics: PROBE_HOP,
    targets: new Map([['db-read', 'route']]),
    probe: () => Promise.resolve({ samples: [], failure: 'down', span: SPAN }),
    sendSpan: (span) => {
      sent.push(span);
      return Promise.resolve();
    },
    log: (message) => lines.push(message),
  });
  await probe('db-read', { deadlineMs: 1_000, format: 'text', signal });
  return { sent, lines };
}

it('sends the span of a probe', async () => {
  expect(await probeOnce(new AbortController().signal)).toEqual({ sent: [SPAN], lines: ['probe fails'] });
});

it('sends and logs nothing when the client has disconnected', async () => {
  expect(await probeOnce(AbortSignal.abort())).toEqual({ sent: [], lines: [] });
});
