import { expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { chooseHosts } from './measure-alerts.ts';

it('crashes one host of every tier before a second one of any, and never the only host of a tier', () => {
  const hosts = chooseHosts(makeTopology(), 10);
  expect(hosts).toHaveLength(10);
  expect(new Set(hosts.slice(0, 7).map(({ tier }) => tier)).size).toBe(7);
  expect(new Set(hosts.map(({ name }) => name)).size).toBe(10);
  expect(hosts.filter(({ tier }) => tier === 'mail' || tier === 'trace')).toEqual([]);
});
