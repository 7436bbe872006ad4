import { expect, it } from 'vitest';
import { HOSTILE_CLIENT_SECONDS } from '../faults/hostile-client.ts';
import { refuseLong } from './hostile-command.ts';

it('an attack that would end by itself before it is measured is refused', () => {
  refuseLong(20);
  expect(() => {
    refuseLong(HOSTILE_CLIENT_SECONDS);
  }).toThrow('too long');
});
