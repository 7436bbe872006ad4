import { expect, it } from 'vitest';
import { findingsOf, changePanel } from './fixture.ts';
import { PANEL_TITLE_DESCRIPTION } from './panel-title-description.ts';

it.each([
  [{ title: ' ' }, 'no title'],
  [{ description: undefined }, 'must be a sentence'],
  [{ description: 'errors' }, 'must be a sentence'],
])('finds a panel with %j', (difference, message) => {
  const change = changePanel('Errors', (panel) => Object.assign(panel, difference));
  expect(findingsOf(PANEL_TITLE_DESCRIPTION, undefined, change)).toEqual([expect.stringContaining(message)]);
});
