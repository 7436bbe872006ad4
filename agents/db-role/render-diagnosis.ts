import type { RepairDecision } from './decide-repair.ts';
import { renderGtidSet } from './gtid-set.ts';
import type { Snapshot } from './snapshot.ts';

/** The observations and decisions of the agent, as text or JSON. */
export function renderDiagnosis(now: Snapshot, decision: RepairDecision, format: 'text' | 'json'): string {
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
    replies: now.routes.replies.get(node) ?? null,
  }));
  if (format === 'json') {
    const { lastKnownGroup } = now;
    return JSON.stringify(
      {
        nodes,
        writer: now.routes.writer ?? null,
        readers: [...now.routes.readers],
        lastKnownGroup:
          lastKnownGroup === undefined ? null : { ...lastKnownGroup, executed: renderGtidSet(lastKnownGroup.executed) },
        decision,
      },
      null,
      2,
    );
  }
  const { bootstrap } = decision;
  return [
    ...nodes.map(
      (one) =>
        `${one.node}  ${one.state} ${one.role ?? ''}  lag ${one.lagMs ?? '?'} ms  executed ${one.executed ?? '?'}`,
    ),
    `writes go to ${now.routes.writer ?? 'no node'}, reads to ${[...now.routes.readers].join(', ') || 'no node'}`,
    ...(bootstrap.kind === 'bootstrap' ? [`would form a group on ${bootstrap.host}`] : []),
    ...(bootstrap.kind === 'refuse'
      ? [`no group exists, and the agent forms none: ${bootstrap.details} (${bootstrap.reason})`]
      : []),
    ...decision.nodes.map((one) => `${one.host}: ${one.kind}`),
  ].join('\n');
}
