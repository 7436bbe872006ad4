import { expect, it } from 'vitest';
import { HOSTILE_CLIENT_SECONDS } from '../faults/hostile-client.ts';
import { checkDuration } from './hostile-command.ts';

it('refuses an attack that would end before its measurement', () => {
  checkDuration(20);
  expect(() => {
    checkDuration(HOSTILE_CLIENT_SECONDS);
  }).toThrow('too long');
});
