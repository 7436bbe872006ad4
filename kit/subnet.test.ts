import { expect, it } from 'vitest';
import { contains, overlap } from './subnet.ts';

it.each([
  ['198.18.0.0/24', '198.18.0.255', true],
  ['198.18.0.0/24', '198.18.1.0', false],
  ['198.18.0.0/15', '198.19.255.255', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['198.18.0.7', '198.18.0.7', true],
  ['198.18.0.7', '198.18.0.8', false],
  ['198.18.0/24', '198.18.0.8', false],
])('%s contains %s: %s', (subnet, address, expected) => {
  expect(contains(subnet, address)).toBe(expected);
});

it.each([
  ['198.18.0.0/15', '198.18.3.0/24', true],
  ['198.18.3.0/24', '198.18.0.0/15', true],
  ['198.18.0.0/15', '198.19.255.0/24', true],
  ['198.18.2.0/24', '198.18.3.0/24', false],
  ['198.18.0.0/24', '198.20.0.0/16', false],
  ['198.18.4.0/24', '0.0.0.0/0', true],
])('%s and %s overlap: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
});
