import { expect, test } from 'vitest';
import { requireNetwork } from './require-network.ts';

const network = { subnet: '198.18.3.0/24' };

test('throws if this machine has no address in the network', () => {
  expect(() => {
    requireNetwork(network, ['127.0.0.1', '::1', '192.0.2.2', '198.18.30.1']);
  }).toThrow('The stack is not running');
});

test('accepts the address of the bridge', () => {
  requireNetwork(network, ['127.0.0.1', '198.18.3.1']);
});

test('supports other prefix lengths', () => {
  requireNetwork({ subnet: '198.18.0.0/15' }, ['198.19.255.1']);
});
