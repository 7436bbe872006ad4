import { expect, it } from 'vitest';
import { findingsOf, changePanel } from './fixture.ts';
import { PANEL_UNIT } from './panel-unit.ts';

it.each(['', 'sekunden'])('finds the unit "%s"', (unit) => {
  const change = changePanel('Errors', ({ fieldConfig }) => Object.assign(fieldConfig?.defaults ?? {}, { unit }));
  expect(findingsOf(PANEL_UNIT, undefined, change)).toHaveLength(1);
});
