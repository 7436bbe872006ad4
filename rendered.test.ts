import { expect, it } from 'vitest';
import { renderAlertFiles } from './alerts/generated.ts';
import { readDrift, renderAll } from './deploy/render.ts';
import { makeTopology } from './deploy/topology.ts';

it('tracks the configuration that the topology leads to', async () => {
  const topology = makeTopology();
  const drift = await readDrift(renderAll(topology, renderAlertFiles(topology)));
  expect(drift).toEqual({ changed: [], missing: [], extra: [] });
});
