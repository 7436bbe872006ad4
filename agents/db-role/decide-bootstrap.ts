import { containsGtidSet, uniteGtidSets, type GtidSet } from './gtid-set.ts';
import { freshView, isActive, isMajority, type NodeView, type Reports } from './node-view.ts';
import type { ViewRecord } from './last-known-group.ts';

/** Why no group is formed although there is none. Each is a value of the metric's label `reason`. */
export const REFUSALS = [
  'too-few-nodes-answer',
  'waiting',
  'histories-differ',
  'record-ahead',
  'no-record',
  'record-of-another-life',
  'silent-member-may-be-ahead',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type BootstrapDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'bootstrap'; readonly host: string }
  | { readonly kind: 'refuse'; readonly reason: Refusal; readonly details: string };

export interface MendInput {
  readonly nodes: readonly string[];
  readonly reports: Reports;
  readonly nowMs: number;
  /** Answers older than this are no answers. */
  readonly maxAgeMs: number;
  /** Since when each node has been in its state, as far as this agent knows (same clock as `nowMs`). */
  readonly stateSinceMs: ReadonlyMap<string, number>;
  /** How long a node is left to mend itself. */
  readonly mendAfterMs: number;
  readonly record: ViewRecord | undefined;
  /** This life of the agent. */
  readonly session: string;
}

/** mysqld's start is known to about a second. */
const START_TOLERANCE_MS = 3_000;

/**
 * Whether to form a group, and on which node. Only when nobody that answers is in one, on the node that has everything that any other
 * has, and only if no silent node can have an acknowledged write that it lacks:
 * - all nodes answer; or
 * - the silent one was not in the last group with a quorum, which this agent saw in this life, or after which nothing was executed; or
 * - that group was the candidate and the silent one, and the candidate was its primary and lives on: what it did not commit, nobody was
 *   told of. (As a secondary it could lack the last commit: its vote counts before it has the transaction.)
 *
 * That two agents never both do it is not decided here: a bootstrap needs locks on a majority of all nodes, the candidate among them.
 */
export function decideBootstrap(input: MendInput): BootstrapDecision {
  const { nodes, reports, nowMs, maxAgeMs } = input;
  const answering = new Map<string, NodeView>();
  for (const node of nodes) {
    const view = freshView(reports.get(node), nowMs, maxAgeMs);
    if (view !== undefined) answering.set(node, view);
  }
  if ([...answering.values()].some(isActive)) return { kind: 'none' };
  if (!isMajority(answering.size, nodes.length)) {
    return refuse('too-few-nodes-answer', `${answering.size} of ${nodes.length} answer`);
  }
  const early = [...answering].filter(([node, view]) => !hasSettled(input, node, view)).map(([node]) => node);
  if (early.length > 0)
    return refuse('waiting', `${early.join(', ')} may still mend by itself, or others may answer soon`);

  const histories = new Map([...answering].map(([node, view]) => [node, historyOf(view)]));
  const candidate = chooseCandidate(histories, input.record);
  if (candidate === undefined) {
    return refuse('histories-differ', `no node has everything that ${[...histories.keys()].join(', ')} have`);
  }
  const history = histories.get(candidate) ?? new Map();
  if (input.record !== undefined && !containsGtidSet(history, input.record.executed)) {
    return refuse('record-ahead', `${candidate} lacks transactions that were seen before`);
  }
  const silent = nodes.filter((node) => !answering.has(node));
  for (const node of silent) {
    const doubt = doubtOver(node, { input, candidate, histories, view: answering.get(candidate) });
    if (doubt !== undefined) return doubt;
  }
  return { kind: 'bootstrap', host: candidate };
}

function refuse(reason: Refusal, details: string): BootstrapDecision {
  return { kind: 'refuse', reason, details };
}

/** Everything that a node has on its disk. */
export function historyOf(view: NodeView): GtidSet {
  return uniteGtidSets([view.executed, view.received]);
}

/** A node that just booted is ready when all others answer too; one that fell out of a group is given a moment. */
function hasSettled(
  { nodes, reports, nowMs, maxAgeMs, stateSinceMs, mendAfterMs }: MendInput,
  node: string,
  view: NodeView,
): boolean {
  const complete = nodes.every((other) => freshView(reports.get(other), nowMs, maxAgeMs) !== undefined);
  if (view.state === 'OFFLINE' && complete) return true;
  return nowMs - (stateSinceMs.get(node) ?? nowMs) >= mendAfterMs;
}

/** The node that has everything; of several equal ones a member of the last group, and the first by name. */
function chooseCandidate(histories: ReadonlyMap<string, GtidSet>, record: ViewRecord | undefined): string | undefined {
  const complete = [...histories.keys()]
    .filter((node) =>
      [...histories.values()].every((other) => containsGtidSet(histories.get(node) ?? new Map(), other)),
    )
    .toSorted();
  return complete.find((node) => record?.members.includes(node)) ?? complete[0];
}

interface Doubt {
  readonly input: MendInput;
  readonly candidate: string;
  readonly histories: ReadonlyMap<string, GtidSet>;
  readonly view: NodeView | undefined;
}

/** Why a silent node may have what the candidate lacks; `undefined` if it cannot. */
function doubtOver(silent: string, { input, candidate, histories, view }: Doubt): BootstrapDecision | undefined {
  const { record, session } = input;
  if (record === undefined) return refuse('no-record', `${silent} is silent and this agent never saw a group`);
  const unchanged = containsGtidSet(record.executed, uniteGtidSets([...histories.values()]));
  if (record.session !== session && !unchanged) {
    return refuse(
      'record-of-another-life',
      `something was executed after the last group on record, and ${silent} is silent`,
    );
  }
  if (!record.members.includes(silent)) return undefined;
  const pair = record.members.length === 2 && record.members.includes(candidate);
  const livesOn =
    record.primary === candidate &&
    record.primaryStartedAtMs !== undefined &&
    view !== undefined &&
    Math.abs(view.startedAtMs - record.primaryStartedAtMs) <= START_TOLERANCE_MS;
  if (pair && livesOn && record.session === session) return undefined;
  return refuse(
    'silent-member-may-be-ahead',
    `${silent} was in the last group (${record.members.join(', ')}) and is silent`,
  );
}
