import type { State } from '../board.ts';

/** Colours by meaning, the same on every board. */
export const COLORS: Readonly<Record<State['is'], string>> = {
  good: 'green',
  degraded: 'orange',
  bad: 'red',
  neutral: 'blue',
};
