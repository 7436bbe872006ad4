import { expect, it } from 'vitest';
import { makeTopology, type Topology } from '../../deploy/topology.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import { WELL } from '../lint/fixture.ts';
import { verifyStack } from './verify-stack.ts';

const topology = makeTopology();
/** Monitors where nobody listens. */
const silent: Topology = {
  ...topology,
  hosts: topology.hosts.map((host) =>
    host.tier === 'monitor' ? { ...host, addresses: { ...host.addresses, ops: '127.255.255.1' } } : host,
  ),
};
const ask = (given: Topology, signal = new AbortController().signal) =>
  verifyStack({ topology: given, boards: [WELL], signal, onProgress: () => undefined });

it('is unknown, once for each monitor, when the stack cannot be asked', async () => {
  const findings = await ask(silent);
  expect(findings.map(({ monitor, verdict }) => [monitor, verdict])).toEqual([
    ['mon1', 'unknown'],
    ['mon2', 'unknown'],
  ]);
  expect(mergeVerdicts(findings.map(({ verdict }) => verdict))).toBe('unknown');
});

it('is unknown without any monitor', async () => {
  const none = { ...topology, hosts: topology.hosts.filter(({ tier }) => tier !== 'monitor') };
  expect(mergeVerdicts((await ask(none)).map(({ verdict }) => verdict))).toBe('unknown');
});

it('ends when it is interrupted', async () => {
  const interruption = AbortSignal.abort(new Error('enough'));
  await expect(ask(silent, interruption)).rejects.toThrow('enough');
});
