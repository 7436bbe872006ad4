import type { State } from '../board.ts';

/** Values that several boards write the same way. */
export const UP: Readonly<Record<number, State>> = { 0: { text: 'down', is: 'bad' }, 1: { text: 'up', is: 'good' } };
export const HOLDS: Readonly<Record<number, State>> = {
  0: { text: 'no', is: 'neutral' },
  1: { text: 'holds', is: 'good' },
};
export const FIRING: Readonly<Record<number, State>> = {
  0: { text: 'quiet', is: 'good' },
  1: { text: 'fires', is: 'bad' },
};
