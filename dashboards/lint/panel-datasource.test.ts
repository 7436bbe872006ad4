import { expect, it } from 'vitest';
import { findingsOf, changePanel } from './fixture.ts';
import { PANEL_DATASOURCE } from './panel-datasource.ts';

it('finds a panel and a query with another data source', () => {
  const fixed = { type: 'prometheus', uid: 'mon1' };
  const ofPanel = changePanel('Errors', (panel) => Object.assign(panel, { datasource: fixed }));
  const ofQuery = changePanel('Latency', ({ targets = [] }) => Object.assign(targets[0] ?? {}, { datasource: fixed }));
  expect(findingsOf(PANEL_DATASOURCE, undefined, ofPanel)).toEqual([expect.stringContaining('holdfast-app/Errors')]);
  expect(findingsOf(PANEL_DATASOURCE, undefined, ofQuery)).toEqual([expect.stringContaining('holdfast-app/Latency')]);
});
