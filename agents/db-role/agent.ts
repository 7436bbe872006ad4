import { randomUUID } from 'node:crypto';
import { messageOf } from '../../kit/errors.ts';
import type { MendInput, Refusal } from './decide-bootstrap.ts';
import { decideMend, type MendDecision } from './decide-repair.ts';
import { decideRoutes, type Routes } from './decide-routes.ts';
import { NO_LAG_STATE, trackLag } from './track-lag.ts';
import type { NodeWatch } from './node-watch.ts';
import { freshView, type MemberState, type NodeView, type Reports } from './node-view.ts';
import type { Settings } from './settings.ts';
import { countMembersOnline, disagree, type Snapshot } from './snapshot.ts';
import { decideRecord, isNewRecord, type ViewRecord } from './last-known-group.ts';

export type Log = (message: string, details?: Readonly<Record<string, unknown>>) => void;

interface AgentOptions {
  readonly settings: Settings;
  readonly watches: ReadonlyMap<string, NodeWatch>;
  readonly record: ViewRecord | undefined;
  readonly saveRecord: (record: ViewRecord) => Promise<void>;
  /** After each decision, whether or not it changed anything. */
  readonly onRoutes: (routes: Routes) => void;
  readonly log: Log;
}

/** What the agent knows, and what follows from it. Holds the state between two looks; decides by the pure `decide*` only. */
export interface Agent {
  /** To be called whenever a report came in. */
  readonly look: () => void;
  readonly decideMend: () => MendDecision;
  readonly routes: Routes | undefined;
  readonly snapshot: () => Snapshot;
}

const SAVE_EVERY_MS = 1_000;

export function createAgent({ settings, watches, saveRecord, onRoutes, log, ...options }: AgentOptions): Agent {
  const session = randomUUID();
  const nodes = settings.nodes.map((node) => node.name);
  const maxAgeMs = settings.limits.readerMaxAgeMs;
  const since = new Map<string, { readonly state: MemberState | undefined; readonly atMs: number }>();
  let lag = NO_LAG_STATE;
  let routes: Routes | undefined;
  let record = options.record;
  let savedAtMs = 0;
  let saving = Promise.resolve();
  let writerBefore: string | undefined;
  let writerChanges = 0;
  let writerChangedAtMs = 0;
  let refusal: Refusal | undefined;
  let diverged: ReadonlySet<string> = new Set();

  const reports = (): Reports => new Map([...watches].map(([name, watch]) => [name, watch.report]));
  const freshViews = (nowMs: number): ReadonlyMap<string, NodeView> =>
    new Map(
      nodes.flatMap((name) => {
        const view = freshView(watches.get(name)?.report, nowMs, maxAgeMs);
        return view === undefined ? [] : [[name, view] as const];
      }),
    );

  function noteStates(nowMs: number): void {
    for (const name of nodes) {
      if (watches.get(name)?.asked !== true) continue;
      const state = freshView(watches.get(name)?.report, nowMs, maxAgeMs)?.state;
      const before = since.get(name);
      if (before !== undefined && before.state === state) continue;
      since.set(name, { state, atMs: nowMs });
      log('node changed', {
        node: name,
        from: before === undefined ? 'unknown' : (before.state ?? 'silent'),
        to: state ?? silenceOf(name),
      });
    }
  }

  function silenceOf(name: string): string {
    const report = watches.get(name)?.report;
    return report?.kind === 'silent' ? `silent: ${report.reason}` : 'late';
  }

  function noteRoutes(before: Routes | undefined, after: Routes): void {
    const changed =
      before?.writer !== after.writer || [...(before?.readers ?? [])].join() !== [...after.readers].join();
    if (changed) log('routes changed', { writer: after.writer ?? 'none', readers: [...after.readers] });
    if (after.writer === undefined || after.writer === writerBefore) return;
    if (writerBefore !== undefined) writerChanges += 1;
    writerBefore = after.writer;
    writerChangedAtMs = Date.now();
  }

  function noteRecord(nowMs: number): void {
    const input = { nodes, reports: reports(), nowMs, maxAgeMs, seenAt: new Date(), session, before: record };
    const after = decideRecord(input);
    if (after === undefined || after === record) return;
    const urgent = isNewRecord(record, after);
    record = after;
    if (urgent) log('group on record', { members: after.members, primary: after.primary });
    if (!urgent && nowMs - savedAtMs < SAVE_EVERY_MS) return;
    savedAtMs = nowMs;
    saving = saving
      .then(() => saveRecord(after))
      .catch((error: unknown) => {
        log('the record cannot be written', { error: messageOf(error) });
      });
  }

  return {
    look() {
      const nowMs = performance.now();
      noteStates(nowMs);
      const readersBefore = routes?.readers ?? new Set<string>();
      lag = trackLag(lag, freshViews(nowMs));
      const { lagMs } = lag;
      const after = decideRoutes({ nodes, reports: reports(), nowMs, limits: settings.limits, lagMs, readersBefore });
      noteRoutes(routes, after);
      routes = after;
      onRoutes(after);
      noteRecord(nowMs);
    },
    decideMend() {
      const stateSinceMs = new Map([...since].map(([name, { atMs }]) => [name, atMs]));
      const input: MendInput = {
        nodes,
        reports: reports(),
        nowMs: performance.now(),
        maxAgeMs,
        stateSinceMs,
        mendAfterMs: settings.mendAfterMs,
        record,
        session,
      };
      const decision = decideMend(input);
      const { bootstrap } = decision;
      const reason = bootstrap.kind === 'refuse' ? bootstrap.reason : undefined;
      if (bootstrap.kind === 'refuse' && reason !== refusal)
        log('no group is formed', { reason, details: bootstrap.details });
      refusal = reason;
      diverged = new Set(decision.nodes.flatMap(({ kind, host }) => (kind === 'diverged' ? [host] : [])));
      return decision;
    },
    get routes() {
      return routes;
    },
    snapshot() {
      const nowMs = performance.now();
      const views = freshViews(nowMs);
      const fresh = [...views.values()];
      return {
        nodes: nodes.map((node) => {
          const lagMs = lag.lagMs.get(node);
          return {
            node,
            view: views.get(node),
            answerMs: watches.get(node)?.lastAnswerMs,
            // Of a node that was never seen to keep up it is known that it has lagged since this agent was started.
            lagMs: lagMs === undefined ? undefined : Math.min(lagMs, nowMs),
          };
        }),
        routes: routes ?? { writer: undefined, readers: new Set(), answers: new Map() },
        membersOnline: countMembersOnline(fresh),
        disagreement: disagree(fresh),
        refusal,
        diverged,
        record,
        writerChanges,
        writerChangedAtMs,
      };
    },
  };
}
