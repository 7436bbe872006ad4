import { freshView, hasQuorum, isMajority, reachableMembers, type NodeView, type Reports } from './node-view.ts';

/** Replies of HAProxy's agent protocol: serve; alive, but not for this route; down or unknown. */
export type AgentReply = 'up ready' | 'maint' | 'down';

export interface RouteInput {
  /** Names of all configured database nodes. */
  readonly nodes: readonly string[];
  readonly reports: Reports;
  readonly nowMs: number;
  readonly limits: RouteLimits;
  /** Lag of each node behind the primary, in ms. The lag of a missing node is unknown. */
  readonly lagMs: ReadonlyMap<string, number>;
  /** The readers of the last decision. A removed reader returns only when its lag and queue are at most half of the limits. */
  readonly readersBefore: ReadonlySet<string>;
  /** Drained nodes. They serve reads only if no other node can. */
  readonly drained: ReadonlySet<string>;
}

export interface RouteLimits {
  /** Maximum age of the answers that determine the writer. */
  readonly writerMaxAgeMs: number;
  /** Maximum age of the answer of a reader; shorter, because another reader can take over at once. */
  readonly readerMaxAgeMs: number;
  /** Maximum applier queue of a reader, in transactions. */
  readonly maxApplyQueue: number;
  /** Maximum lag of a reader. */
  readonly maxLagMs: number;
}

export interface Routes {
  readonly writer: string | undefined;
  readonly readers: ReadonlySet<string>;
  readonly replies: ReadonlyMap<string, Readonly<Record<'db-write' | 'db-read', AgentReply>>>;
}

/** Decides which node gets writes, which nodes get reads, and the agent-check replies for each. */
export function decideRoutes(input: RouteInput): Routes {
  const writer = decideWriter(input);
  const readers = decideReaders(input, writer);
  const replies = new Map(
    input.nodes.map((node) => {
      const known = freshView(input.reports.get(node), input.nowMs, input.limits.writerMaxAgeMs) !== undefined;
      const closed: AgentReply = known ? 'maint' : 'down';
      return [
        node,
        { 'db-write': node === writer ? 'up ready' : closed, 'db-read': readers.has(node) ? 'up ready' : closed },
      ] as const;
    }),
  );
  return { writer, readers, replies };
}

/**
 * The writer is the node that a majority of **all configured nodes**, including itself, reports as the ONLINE primary, each from a view
 * with a quorum. One node reports at most one primary, so two writers are impossible.
 *
 * The majority is that of the configured nodes, not of the current group. A group that shrank to one node by graceful departures has a
 * quorum, but its acknowledged writes would exist only once. So a write always needs two of three nodes.
 */
function decideWriter({ nodes, reports, nowMs, limits }: RouteInput): string | undefined {
  const views = new Map<string, NodeView>();
  for (const node of nodes) {
    const view = freshView(reports.get(node), nowMs, limits.writerMaxAgeMs);
    if (view !== undefined && hasQuorum(view)) views.set(node, view);
  }
  return nodes.find((node) => {
    const own = views.get(node);
    if (own?.state !== 'ONLINE' || own.role !== 'PRIMARY' || own.superReadOnly) return false;
    if (!isMajority(reachableMembers(own), nodes.length)) return false;
    const naming = [...views.values()].filter((view) => primaryOf(view) === node);
    return isMajority(naming.length, nodes.length);
  });
}

/** The ONLINE primary in the view of a node, if it sees exactly one. */
export function primaryOf(view: NodeView): string | undefined {
  const primaries = view.members.filter((member) => member.role === 'PRIMARY' && member.state === 'ONLINE');
  return primaries.length === 1 ? primaries[0]?.host : undefined;
}

/** Drained nodes are readers only if all others together cannot serve reads. */
function decideReaders(input: RouteInput, writer: string | undefined): ReadonlySet<string> {
  const undrained = chooseReaders(
    input,
    input.nodes.filter((node) => !input.drained.has(node)),
    writer,
  );
  return undrained.size > 0 ? undrained : chooseReaders(input, input.nodes, writer);
}

/**
 * The secondaries within the lag limits; else the primary; else the secondaries with the least lag. So reads return stale data only
 * while there is no primary, and the read route is empty only if no node is in a group with a quorum.
 */
function chooseReaders(input: RouteInput, nodes: readonly string[], writer: string | undefined): ReadonlySet<string> {
  const { reports, nowMs, limits, readersBefore } = input;
  const able = nodes.flatMap((node) => {
    const view = freshView(reports.get(node), nowMs, limits.readerMaxAgeMs);
    return view?.state === 'ONLINE' && hasQuorum(view) ? [{ node, view }] : [];
  });
  const lagOf = (node: string): number => input.lagMs.get(node) ?? Infinity;
  // A removed reader must be well below the limits to return, so that it does not flap.
  const shareOf = (node: string): number => (readersBefore.has(node) ? 1 : 0.5);
  const secondaries = able.filter(({ view }) => view.role === 'SECONDARY');
  const current = secondaries.filter(({ node, view }) => {
    const share = shareOf(node);
    return view.applyQueue <= share * limits.maxApplyQueue && lagOf(node) <= share * limits.maxLagMs;
  });
  if (current.length > 0) return new Set(current.map(({ node }) => node));
  // The primary also serves reads while it gets no writes: a group of one still has all acknowledged writes.
  const primary = able.find(({ node, view }) => view.role === 'PRIMARY' && (writer === undefined || writer === node));
  if (primary !== undefined) return new Set([primary.node]);
  const leastMs = Math.min(...secondaries.map(({ node }) => lagOf(node)));
  const least = secondaries.filter(({ node }) => lagOf(node) <= leastMs + shareOf(node) * limits.maxLagMs);
  return new Set(least.map(({ node }) => node));
}
