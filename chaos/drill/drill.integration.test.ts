import { expect, it } from 'vitest';
import { readDelivered } from '../alert-expectations/alert-watch.ts';
import { makeTopology } from '../../deploy/model/topology.ts';
import { pathOf } from './command.ts';
import { makeDrillAlert } from './drill-alert.ts';
import { runDrill } from './run-drill.ts';

it('a drill passes every step on the running stack, and alert expectations ignore it', async () => {
  const topology = makeTopology();
  const id = `drill-${crypto.randomUUID()}`;
  const startedAtMs = Date.now();
  const result = await runDrill({
    alert: makeDrillAlert(topology, { name: 'AppHostLost', host: 'app2', id }),
    ...pathOf(topology),
    signal: AbortSignal.timeout(150_000),
    onStep: () => undefined,
    deadlineMs: 60_000,
  });
  expect(result).toMatchObject({ verdict: 'held', reasons: [] });
  expect(result.steps.map(({ name }) => name)).toEqual(['sent', 'grouped', 'mailed', 'arrived', 'ended', 'resolved']);
  const seen = await readDelivered(topology, startedAtMs);
  expect(seen.filter(({ subject }) => subject.includes('DRILL'))).toEqual([]);
});
