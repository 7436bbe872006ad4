import { expect, it } from 'vitest';
import { DB_ROLE } from '../../exporters/catalog/db-role.ts';
import { createMetrics } from './metrics.ts';
import type { Snapshot } from './snapshot.ts';

const nothing: Snapshot = {
  nodes: [{ node: 'db1', view: undefined, answerMs: undefined, lagMs: undefined }],
  routes: { writer: undefined, readers: new Set(), replies: new Map() },
  membersOnline: 0,
  disagreement: false,
  refusal: 'no-record',
  diverged: new Set(),
  lastKnownGroup: undefined,
  writerChanges: 0,
  writerChangedAtMs: 0,
};

it('exactly the metrics of the catalogue are exposed, even if nothing is known', async () => {
  const text = await createMetrics(() => nothing).render();
  const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]);
  expect(families.toSorted()).toEqual(Object.keys(DB_ROLE).toSorted());
  expect(text).toContain('holdfast_db_writers 0');
  expect(text).toContain('holdfast_db_node_up{node="db1"} 0');
  expect(text).toContain('holdfast_db_bootstrap_refused{reason="no-record"} 1');
  expect(text).toContain('holdfast_db_repairs_total{kind="bootstrap",result="failed"} 0');
});

it('repairs are counted by kind and result', async () => {
  const metrics = createMetrics(() => nothing);
  metrics.countRepair('rejoin', 'done');
  expect(await metrics.render()).toContain('holdfast_db_repairs_total{kind="rejoin",result="done"} 1');
});
