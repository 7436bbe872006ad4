import { freshView, hasQuorum, isMajority, reachableMembers, type NodeView, type Reports } from './node-view.ts';

/** Words of HAProxy's agent protocol: serve; alive but not for this route; dead, or nobody can tell. */
export type Answer = 'up ready' | 'maint' | 'down';

export interface RouteInput {
  /** Names of all configured database nodes. */
  readonly nodes: readonly string[];
  readonly reports: Reports;
  readonly nowMs: number;
  readonly limits: RouteLimits;
  /** How far each node lags behind the primary, milliseconds. A node that is missing is not known to keep up. */
  readonly lagMs: ReadonlyMap<string, number>;
  /** Who read at the last decision: a reader is let in again only when lag and queue are half of what puts it out. */
  readonly readersBefore: ReadonlySet<string>;
}

export interface RouteLimits {
  /** How old the evidence for the writer may be. */
  readonly writerMaxAgeMs: number;
  /** How old the answer of a reader may be: shorter, since another reader can take over at once. */
  readonly readerMaxAgeMs: number;
  /** Transactions. */
  readonly maxApplyQueue: number;
  /** What a reader may lack at most, by age. */
  readonly maxLagMs: number;
}

export interface Routes {
  readonly writer: string | undefined;
  readonly readers: ReadonlySet<string>;
  readonly answers: ReadonlyMap<string, Readonly<Record<'db-write' | 'db-read', Answer>>>;
}

/** Which node gets writes, which get reads, and what HAProxy is told of each. */
export function decideRoutes(input: RouteInput): Routes {
  const writer = decideWriter(input);
  const readers = decideReaders(input, writer);
  const answers = new Map(
    input.nodes.map((node) => {
      const known = freshView(input.reports.get(node), input.nowMs, input.limits.writerMaxAgeMs) !== undefined;
      const closed: Answer = known ? 'maint' : 'down';
      return [
        node,
        { 'db-write': node === writer ? 'up ready' : closed, 'db-read': readers.has(node) ? 'up ready' : closed },
      ] as const;
    }),
  );
  return { writer, readers, answers };
}

/**
 * The writer is the node that a majority of **all configured nodes** names as the ONLINE primary, itself among them, each from the side of
 * the group that has the quorum. One node names at most one primary, so there is never a second writer, whatever the nodes say.
 *
 * A majority of the configured nodes and not of the current group: a group that shrank to one by orderly departures is sound, but what it
 * acknowledged would exist once. So two of three nodes have each acknowledged write, and a write needs two of three nodes, always.
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

/** The ONLINE primary in the eyes of a node, if it sees exactly one. */
export function primaryOf(view: NodeView): string | undefined {
  const primaries = view.members.filter((member) => member.role === 'PRIMARY' && member.state === 'ONLINE');
  return primaries.length === 1 ? primaries[0]?.host : undefined;
}

/**
 * The secondaries that keep up; else the primary, which lacks nothing; else those that lag least. So a read is answered from old data only
 * while there is no primary, and the read route is empty only when no node is in a group with a quorum.
 */
function decideReaders(input: RouteInput, writer: string | undefined): ReadonlySet<string> {
  const { nodes, reports, nowMs, limits, readersBefore } = input;
  const able = nodes.flatMap((node) => {
    const view = freshView(reports.get(node), nowMs, limits.readerMaxAgeMs);
    return view?.state === 'ONLINE' && hasQuorum(view) ? [{ node, view }] : [];
  });
  const lagOf = (node: string): number => input.lagMs.get(node) ?? Infinity;
  // Once out, a reader must be well below the limit to come back, so that it does not flap around it.
  const shareOf = (node: string): number => (readersBefore.has(node) ? 1 : 0.5);
  const secondaries = able.filter(({ view }) => view.role === 'SECONDARY');
  const current = secondaries.filter(({ node, view }) => {
    const share = shareOf(node);
    return view.applyQueue <= share * limits.maxApplyQueue && lagOf(node) <= share * limits.maxLagMs;
  });
  if (current.length > 0) return new Set(current.map(({ node }) => node));
  // The primary also when it may not be written to just now: a group of one still has all that was acknowledged.
  const primary = able.find(({ node, view }) => view.role === 'PRIMARY' && (writer === undefined || writer === node));
  if (primary !== undefined) return new Set([primary.node]);
  const leastMs = Math.min(...secondaries.map(({ node }) => lagOf(node)));
  const least = secondaries.filter(({ node }) => lagOf(node) <= leastMs + shareOf(node) * limits.maxLagMs);
  return new Set(least.map(({ node }) => node));
}
