import type { MendDecision } from './decide-repair.ts';
import { renderGtidSet } from './gtid-set.ts';
import type { Snapshot } from './snapshot.ts';

/** What the agent sees and would decide, for people or for programs. */
export function renderDiagnosis(now: Snapshot, mend: MendDecision, format: 'text' | 'json'): string {
  const nodes = now.nodes.map(({ node, view, lagMs }) => ({
    node,
    state: view?.state ?? 'silent',
    role: view?.role ?? null,
    superReadOnly: view?.superReadOnly ?? null,
    applyQueue: view?.applyQueue ?? null,
    lagMs: lagMs === undefined ? null : Math.round(lagMs),
    executed: view === undefined ? null : renderGtidSet(view.executed),
    received: view === undefined ? null : renderGtidSet(view.received),
    members: view?.members ?? [],
    answers: now.routes.answers.get(node) ?? null,
  }));
  if (format === 'json') {
    const { record } = now;
    return JSON.stringify(
      {
        nodes,
        writer: now.routes.writer ?? null,
        readers: [...now.routes.readers],
        record: record === undefined ? null : { ...record, executed: renderGtidSet(record.executed) },
        mend,
      },
      null,
      2,
    );
  }
  const { bootstrap } = mend;
  return [
    ...nodes.map(
      (one) =>
        `${one.node}  ${one.state} ${one.role ?? ''}  lag ${one.lagMs ?? '?'} ms  executed ${one.executed ?? '?'}`,
    ),
    `writes go to ${now.routes.writer ?? 'nobody'}, reads to ${[...now.routes.readers].join(', ') || 'nobody'}`,
    ...(bootstrap.kind === 'bootstrap' ? [`would form a group on ${bootstrap.host}`] : []),
    ...(bootstrap.kind === 'refuse'
      ? [`no group, and none is formed: ${bootstrap.details} (${bootstrap.reason})`]
      : []),
    ...mend.nodes.map((one) => `${one.host}: ${one.kind}`),
  ].join('\n');
}
