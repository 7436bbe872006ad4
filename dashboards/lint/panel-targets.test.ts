import { expect, it } from 'vitest';
import { findingsOf, changePanel } from './fixture.ts';
import { PANEL_TARGETS } from './panel-targets.ts';

it('finds a panel without queries, with an empty query and with a duplicate letter', () => {
  const spoiled = [
    changePanel('Errors', (panel) => Object.assign(panel, { targets: [] })),
    changePanel('Errors', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { expr: '' })),
    changePanel('Errors', (panel) =>
      Object.assign(panel, { targets: [...(panel.targets ?? []), ...(panel.targets ?? [])] }),
    ),
  ];
  for (const change of spoiled) expect(findingsOf(PANEL_TARGETS, undefined, change)).toHaveLength(1);
});
