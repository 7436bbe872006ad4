import { expect, it } from 'vitest';
import type { Sample } from '../kit/exporter.ts';
import { emitNumber } from './emit.ts';

it.each([
  ['12', [12]],
  ['0.5', [0.5]],
  ['ON', [1]],
  ['off', [0]],
  // Expiry of a certificate in MySQL's format.
  ['Nov 24 12:00:00 2027 GMT', [Date.UTC(2027, 10, 24, 12) / 1000]],
  ['Dec  4 01:02:03 2026 GMT', [Date.UTC(2026, 11, 4, 1, 2, 3) / 1000]],
  // Without TLS there is no certificate.
  ['', []],
  [undefined, []],
  ['COMPRESSED', []],
  ['Nov 24', []],
])('%j is emitted as %j', (value, expected) => {
  const samples: Sample[] = [];
  emitNumber((sample) => samples.push(sample), { name: 'mysql_some' }, value);
  expect(samples.map((sample) => sample.value)).toEqual(expected);
});
