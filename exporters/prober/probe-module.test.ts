import { expect, it } from 'vitest';
import { PROBE_HOP } from '../catalog/probe.ts';
import type { ClientSpan } from './client-span.ts';
import { makeProbeModule } from './probe-module.ts';

const SPAN: ClientSpan = { traceId: '1', name: 'probe db-read', startedAtMs: 0, seconds: 0, attributes: {} };

async function lookOnce(
  signal: AbortSignal,
): Promise<{ readonly sent: readonly ClientSpan[]; readonly lines: readonly string[] }> {
  const sent: ClientSpan[] = [];
  const lines: string[] = [];
  const { probe } = makeProbeModule({
    name: 'hop',
    metrics: PROBE_HOP,
    targets: new Map([['db-read', 'route']]),
    probe: () => Promise.resolve({ samples: [], failure: 'away', span: SPAN }),
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
  expect(await lookOnce(new AbortController().signal)).toEqual({ sent: [SPAN], lines: ['probe fails'] });
});

it('says nothing of a target when nobody waits for the answer any more', async () => {
  expect(await lookOnce(AbortSignal.abort())).toEqual({ sent: [], lines: [] });
});
