import { expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { judgeFigure } from './figure.ts';
import { monitoringFigures } from './measure-monitoring.ts';

const usageOf = (...hosts: readonly { host: string; coreRatio: number }[]) => ({
  cpuRatio: 0,
  memoryBytes: 0,
  hosts: hosts.map((host) => ({ ...host, memoryBytes: 2 ** 20 })),
});

it.each([
  [[0.04, 0.05], 'held'],
  [[0.06, 0.05], 'violated'],
] as const)('monitors that use %j of a core are judged together', ([mon1, mon2], verdict) => {
  const [cpu] = monitoringFigures(
    makeTopology(),
    usageOf({ host: 'mon1', coreRatio: mon1 }, { host: 'mon2', coreRatio: mon2 }, { host: 'db1', coreRatio: 0.9 }),
  );
  expect(cpu === undefined ? undefined : judgeFigure(cpu)).toBe(verdict);
});

it('the sum is unknown if a monitor was not measured', () => {
  const figures = monitoringFigures(makeTopology(), usageOf({ host: 'mon1', coreRatio: 0.01 }));
  expect(figures.map(judgeFigure)).toContain('unknown');
});
