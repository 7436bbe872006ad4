import { expect, it } from 'vitest';
import { makeTopology, type Topology } from '../../deploy/model/topology.ts';
import { mergeVerdicts } from '../../kit/verdict.ts';
import { seriesOf } from '../../exporters/catalog/catalog.ts';
import { VALID_BOARD } from '../lint/fixture.ts';
import { verifyStack, makeExists } from './verify-stack.ts';

const topology = makeTopology();
/** Monitors at an address without a listener. */
const unreachable: Topology = {
  ...topology,
  hosts: topology.hosts.map((host) =>
    host.tier === 'monitor' ? { ...host, addresses: { ...host.addresses, ops: '127.255.255.1' } } : host,
  ),
};
const run = (given: Topology, signal = new AbortController().signal) =>
  verifyStack({ topology: given, boards: [VALID_BOARD], signal, onProgress: () => undefined });

it('is unknown, once per monitor, when the monitors are unreachable', async () => {
  const findings = await run(unreachable);
  expect(findings.map(({ monitor, verdict }) => [monitor, verdict])).toEqual([
    ['mon1', 'unknown'],
    ['mon2', 'unknown'],
  ]);
  expect(mergeVerdicts(findings.map(({ verdict }) => verdict))).toBe('unknown');
});

it('is unknown without any monitor', async () => {
  const none = { ...topology, hosts: topology.hosts.filter(({ tier }) => tier !== 'monitor') };
  expect(mergeVerdicts((await run(none)).map(({ verdict }) => verdict))).toBe('unknown');
});

it('ends when it is interrupted', async () => {
  const interruption = AbortSignal.abort(new Error('enough'));
  await expect(run(unreachable, interruption)).rejects.toThrow('enough');
});

it.each([
  ['haproxy_up', true],
  ['wait_seconds_bucket', true],
  // In the catalogue but not exposed: only metrics that depend on the kernel may be missing.
  ['lb_haproxy_up', false],
  ['nginx_http_request_duration_seconds_bucket', false],
  ['host_disk_read_bytes_total', true],
  ['host_pressure_waiting_seconds_total', true],
  ['no_such_metric', false],
])('whether %s exists: %s', (name, expected) => {
  expect(makeExists(['haproxy_up', 'wait_seconds'], seriesOf())(name)).toBe(expected);
});
