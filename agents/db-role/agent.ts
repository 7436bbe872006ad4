import { randomUUID } from 'node:crypto';
import { messageOf } from '../../kit/errors.ts';
import type { RepairInput, Refusal } from './decide-bootstrap.ts';
import { decideRepair, type RepairDecision } from './decide-repair.ts';
import { decideRoutes, type Routes } from './decide-routes.ts';
import { NO_LAG_STATE, trackLag } from './track-lag.ts';
import type { NodeWatch } from './node-watch.ts';
import { freshView, type MemberState, type NodeView, type Reports } from './node-view.ts';
import type { Settings } from './settings.ts';
import { countMembersOnline, haveSplitViews, type Snapshot } from './snapshot.ts';
import { decideLastKnownGroup, isNewGroup, type LastKnownGroup } from './last-known-group.ts';

export type Log = (message: string, details?: Readonly<Record<string, unknown>>) => void;

interface AgentOptions {
  readonly settings: Settings;
  readonly watches: ReadonlyMap<string, NodeWatch>;
  readonly lastKnownGroup: LastKnownGroup | undefined;
  readonly saveLastKnownGroup: (lastKnownGroup: LastKnownGroup) => Promise<void>;
  /** Called after each decision, also if nothing changed. */
  readonly onRoutes: (routes: Routes) => void;
  readonly log: Log;
  /** The hosts that are drained now. */
  readonly drained: () => ReadonlySet<string>;
}

/** The state of the agent between two polls. All decisions come from the pure `decide*` functions. */
export interface Agent {
  /** Call it after every report. */
  readonly update: () => void;
  readonly decideRepair: () => RepairDecision;
  readonly routes: Routes | undefined;
  readonly snapshot: () => Snapshot;
}

const SAVE_EVERY_MS = 1_000;

export function createAgent({
  settings,
  watches,
  saveLastKnownGroup,
  onRoutes,
  log,
  drained,
  ...options
}: AgentOptions): Agent {
  const session = randomUUID();
  const nodes = settings.nodes.map((node) => node.name);
  const maxAgeMs = settings.limits.readerMaxAgeMs;
  const stateSince = new Map<string, { readonly state: MemberState | undefined; readonly atMs: number }>();
  let lag = NO_LAG_STATE;
  let routes: Routes | undefined;
  let lastKnownGroup = options.lastKnownGroup;
  let savedAtMs = 0;
  let saving = Promise.resolve();
  let previousWriter: string | undefined;
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

  function trackStates(nowMs: number): void {
    for (const name of nodes) {
      if (watches.get(name)?.isPolled !== true) continue;
      const state = freshView(watches.get(name)?.report, nowMs, maxAgeMs)?.state;
      const before = stateSince.get(name);
      if (before !== undefined && before.state === state) continue;
      stateSince.set(name, { state, atMs: nowMs });
      log('node changed', {
        node: name,
        from: before === undefined ? 'unknown' : (before.state ?? 'silent'),
        to: state ?? reasonOf(name),
      });
    }
  }

  function reasonOf(name: string): string {
    const report = watches.get(name)?.report;
    return report?.kind === 'silent' ? `silent: ${report.reason}` : 'late';
  }

  function trackRoutes(before: Routes | undefined, after: Routes): void {
    const changed =
      before?.writer !== after.writer || [...(before?.readers ?? [])].join() !== [...after.readers].join();
    if (changed) log('routes changed', { writer: after.writer ?? 'none', readers: [...after.readers] });
    if (after.writer === undefined || after.writer === previousWriter) return;
    if (previousWriter !== undefined) writerChanges += 1;
    previousWriter = after.writer;
    writerChangedAtMs = Date.now();
  }

  function trackGroup(nowMs: number): void {
    const input = { nodes, reports: reports(), nowMs, maxAgeMs, seenAt: new Date(), session, before: lastKnownGroup };
    const after = decideLastKnownGroup(input);
    if (after === undefined || after === lastKnownGroup) return;
    const urgent = isNewGroup(lastKnownGroup, after);
    lastKnownGroup = after;
    if (urgent) log('group changed', { members: after.members, primary: after.primary });
    if (!urgent && nowMs - savedAtMs < SAVE_EVERY_MS) return;
    savedAtMs = nowMs;
    saving = saving
      .then(() => saveLastKnownGroup(after))
      .catch((error: unknown) => {
        log('cannot write the last known group', { error: messageOf(error) });
      });
  }

  return {
    update() {
      const nowMs = performance.now();
      trackStates(nowMs);
      const readersBefore = routes?.readers ?? new Set<string>();
      lag = trackLag(lag, freshViews(nowMs));
      const { lagMs } = lag;
      const after = decideRoutes({
        ...{ nodes, reports: reports(), nowMs, lagMs, readersBefore },
        limits: settings.limits,
        drained: drained(),
      });
      trackRoutes(routes, after);
      routes = after;
      onRoutes(after);
      trackGroup(nowMs);
    },
    decideRepair() {
      const stateSinceMs = new Map([...stateSince].map(([name, { atMs }]) => [name, atMs]));
      const input: RepairInput = {
        nodes,
        reports: reports(),
        nowMs: performance.now(),
        maxAgeMs,
        stateSinceMs,
        repairAfterMs: settings.repairAfterMs,
        lastKnownGroup,
        session,
      };
      const decision = decideRepair(input);
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
            // A node that never caught up has lagged at least since this agent started.
            lagMs: lagMs === undefined ? undefined : Math.min(lagMs, nowMs),
          };
        }),
        routes: routes ?? { writer: undefined, readers: new Set(), replies: new Map() },
        membersOnline: countMembersOnline(fresh),
        disagreement: haveSplitViews(fresh),
        refusal,
        diverged,
        lastKnownGroup,
        writerChanges,
        writerChangedAtMs,
      };
    },
  };
}
