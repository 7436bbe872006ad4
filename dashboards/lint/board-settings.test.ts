import { expect, it } from 'vitest';
import { BOARD_SETTINGS } from './board-settings.ts';
import { findingsOf, VALID_BOARD } from './fixture.ts';

it.each([
  [{ editable: true }, 'must not be editable'],
  [{ graphTooltip: 0 }, 'cross-hair'],
  [{ schemaVersion: 30 }, 'schemaVersion 42'],
])('finds a board with %j', (difference, message) => {
  const found = findingsOf(BOARD_SETTINGS, undefined, (dashboard) => Object.assign(dashboard, difference));
  expect(found).toEqual([expect.stringContaining(message)]);
});

it('finds a board without a question', () => {
  const found = findingsOf(BOARD_SETTINGS, { ...VALID_BOARD, question: 'Everything about the application' });
  expect(found).toEqual([expect.stringContaining('answers a question')]);
});
