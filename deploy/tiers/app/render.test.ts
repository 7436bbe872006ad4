import { expect, it } from 'vitest';
import { makeTopology, slotsOf } from '../../model/topology.ts';
import { parseAppConfig } from './config.ts';
import { makeAppConfig, renderApp } from './render.ts';

it.each([true, false])('renders a valid configuration for every host (Toxiproxy: %s)', (toxiproxy) => {
  const topology = makeTopology({ toxiproxy });
  for (const host of slotsOf(topology, 'app')) {
    const file = renderApp(topology, host).find(({ path }) => path === 'app.json');
    expect(parseAppConfig(file?.text ?? '')).toEqual(makeAppConfig(topology, host));
  }
});

it('keeps the read budget below 1.5 s', () => {
  const topology = makeTopology();
  for (const host of slotsOf(topology, 'app')) {
    expect(makeAppConfig(topology, host).timeouts.readBudgetMs).toBeLessThan(1_500);
  }
});

it('reports every problem of an invalid file', () => {
  expect(() => parseAppConfig('{"host":"app1"}')).toThrow(/listen[\s\S]*database[\s\S]*timeouts/);
});
