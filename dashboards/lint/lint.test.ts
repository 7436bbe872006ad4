import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { renderBoard } from '../render/render-board.ts';
import { BOARDS } from '../boards.ts';
import { WELL, WORLD } from './fixture.ts';
import { lint, RULES } from './lint.ts';

describe('the lint', () => {
  it('finds nothing in a board that is well', () => {
    expect(lint([{ board: WELL, dashboard: renderBoard(WELL, WORLD) }], WORLD)).toEqual([]);
  });

  it('finds nothing in our boards', () => {
    expect(
      lint(
        BOARDS.map((board) => ({ board, dashboard: renderBoard(board, WORLD) })),
        WORLD,
      ),
    ).toEqual([]);
  });

  it('tells everything at once, with the rule as the code', () => {
    const dashboard = { ...renderBoard(WELL, WORLD), editable: true, uid: '' };
    expect(lint([{ board: WELL, dashboard }], WORLD).map(({ code, severity }) => [code, severity])).toEqual([
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
