import { expect, it } from 'vitest';
import { findingsOf, spoil } from './fixture.ts';
import { PANEL_TARGETS } from './panel-targets.ts';

it('finds a panel without queries, with an empty one and with one letter twice', () => {
  const spoiled = [
    spoil('Errors', (panel) => Object.assign(panel, { targets: [] })),
    spoil('Errors', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { expr: '' })),
    spoil('Errors', (panel) => Object.assign(panel, { targets: [...(panel.targets ?? []), ...(panel.targets ?? [])] })),
  ];
  for (const change of spoiled) expect(findingsOf(PANEL_TARGETS, undefined, change)).toHaveLength(1);
});
