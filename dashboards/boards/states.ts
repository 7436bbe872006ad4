import type { State } from '../board.ts';

/** Value mappings that several dashboards share. */
export const UP: Readonly<Record<number, State>> = { 0: { text: 'down', is: 'bad' }, 1: { text: 'up', is: 'good' } };
export const YES_NO: Readonly<Record<number, State>> = {
  0: { text: 'no', is: 'neutral' },
  1: { text: 'yes', is: 'good' },
};
export const ACTIVE: Readonly<Record<number, State>> = { 1: { text: 'in progress', is: 'neutral' } };
export const FIRING: Readonly<Record<number, State>> = {
  0: { text: 'not firing', is: 'good' },
  1: { text: 'firing', is: 'bad' },
};
