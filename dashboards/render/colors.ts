import type { State } from '../board.ts';

/** One meaning, one colour, on every board. */
export const COLORS: Readonly<Record<State['is'], string>> = {
  good: 'green',
  degraded: 'orange',
  bad: 'red',
  neutral: 'blue',
};
