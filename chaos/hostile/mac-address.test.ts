import { expect, it } from 'vitest';
import { macAddressOf } from './mac-address.ts';

it('an IPv4 address always has the same, locally administered MAC address', () => {
  expect(macAddressOf('198.18.0.90')).toBe('02:42:c6:12:00:5a');
  expect(macAddressOf('198.18.0.9')).toBe('02:42:c6:12:00:09');
});
