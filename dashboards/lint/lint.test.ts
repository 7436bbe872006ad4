import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { renderBoard } from '../render/render-board.ts';
import { BOARDS } from '../boards.ts';
import { VALID_BOARD, CONTEXT } from './fixture.ts';
import { lint, RULES } from './lint.ts';

describe('the lint', () => {
  it('finds nothing in a valid board', () => {
    expect(lint([{ board: VALID_BOARD, dashboard: renderBoard(VALID_BOARD, CONTEXT) }], CONTEXT)).toEqual([]);
  });

  it('finds nothing in our boards', () => {
    expect(
      lint(
        BOARDS.map((board) => ({ board, dashboard: renderBoard(board, CONTEXT) })),
        CONTEXT,
      ),
    ).toEqual([]);
  });

  it('reports all problems at once, with the rule as the code', () => {
    const dashboard = { ...renderBoard(VALID_BOARD, CONTEXT), editable: true, uid: '' };
    expect(lint([{ board: VALID_BOARD, dashboard }], CONTEXT).map(({ code, severity }) => [code, severity])).toEqual([
      ['unique-ids', 'error'],
      ['board-settings', 'error'],
    ]);
  });

  it('has a file and a test for each rule', async () => {
    const others = ['lint.ts', 'rule.ts', 'fixture.ts', 'lint.test.ts'];
    const files = (await readdir(import.meta.dirname)).filter((name) => !others.includes(name));
    const wanted = RULES.flatMap(({ name }) => [`${name}.ts`, `${name}.test.ts`]);
    expect(files.toSorted()).toEqual(wanted.toSorted());
  });
});
