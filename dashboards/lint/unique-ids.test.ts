import { expect, it } from 'vitest';
import { renderBoard } from '../render/render-board.ts';
import { findingsOf, changePanel, VALID_BOARD, CONTEXT } from './fixture.ts';
import { UNIQUE_IDS } from './unique-ids.ts';

it.each(['', 'a'.repeat(41), 'with space'])('finds the uid "%s"', (uid) => {
  const found = findingsOf(UNIQUE_IDS, undefined, (dashboard) => Object.assign(dashboard, { uid }));
  expect(found).toEqual([expect.stringContaining('The uid must have 1 to 40')]);
});

it('finds two boards with the same uid and title', () => {
  const subject = { board: VALID_BOARD, dashboard: renderBoard(VALID_BOARD, CONTEXT) };
  const found = UNIQUE_IDS.check([subject, subject], CONTEXT).map(({ summary }) => summary);
  expect(found).toEqual(['Two boards have this uid.', 'Two boards have this title.']);
});

it('finds two panels with the same id and title', () => {
  const change = changePanel('Latency', (panel) => Object.assign(panel, { id: 2, title: 'Errors' }));
  expect(findingsOf(UNIQUE_IDS, undefined, change)).toEqual([
    'holdfast-app: Two panels have the id 2.',
    'holdfast-app: Two panels are called Errors.',
  ]);
});
