import { expect, it } from 'vitest';
import { findingsOf, VALID_BOARD } from './fixture.ts';
import { TARGET_VARIABLE } from './target-variable.ts';

it('finds a variable that no query uses', () => {
  const board = {
    ...VALID_BOARD,
    variables: [...VALID_BOARD.variables, { name: 'pool', label: 'Pool', selector: 'db_pool_connections', of: 'pool' }],
  };
  expect(findingsOf(TARGET_VARIABLE, board)).toEqual(['holdfast-app: No query of the board selects by pool=~"$pool".']);
});
