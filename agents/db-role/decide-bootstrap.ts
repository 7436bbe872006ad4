import { containsGtidSet, uniteGtidSets, type GtidSet } from './gtid-set.ts';
import { freshView, isActive, isMajority, type NodeView, type Reports } from './node-view.ts';
import type { LastKnownGroup } from './last-known-group.ts';

/** Reasons to form no group although none exists. Each is a value of the metric label `reason`. */
export const REFUSALS = [
  'too-few-nodes-answer',
  'waiting',
  'histories-differ',
  'record-ahead',
  'no-record',
  'record-of-earlier-session',
  'silent-member-may-be-ahead',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type BootstrapDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'bootstrap'; readonly host: string }
  | { readonly kind: 'refuse'; readonly reason: Refusal; readonly details: string };

export interface RepairInput {
  readonly nodes: readonly string[];
  readonly reports: Reports;
  readonly nowMs: number;
  /** Maximum age of an answer. */
  readonly maxAgeMs: number;
  /** Since when this agent has seen each node in its state (same clock as `nowMs`). */
  readonly stateSinceMs: ReadonlyMap<string, number>;
  /** Time for a node to rejoin by itself. */
  readonly repairAfterMs: number;
  readonly lastKnownGroup: LastKnownGroup | undefined;
  /** ID of this run of the agent. */
  readonly session: string;
}

/** The start time of mysqld has a precision of about a second. */
const START_TOLERANCE_MS = 3_000;

/**
 * Decides whether to form a group, and on which node. No answering node may be in a group. The candidate must have all transactions of
 * every answering node. No silent node may have an acknowledged write that the candidate lacks. That is ensured if
 * - all nodes answer; or
 * - the silent node was not in the last group with a quorum. Also, this run of the agent saw that group, or no answering node has
 *   executed anything since then; or
 * - that group consisted of the candidate and the silent node, and the candidate was its primary and has not restarted: a write that it
 *   did not commit was not acknowledged. (A secondary could lack the last commit, because its vote counts before it has the transaction.)
 *
 * This function does not prevent that two agents bootstrap: a bootstrap needs locks on a majority of all nodes, including the candidate.
 */
export function decideBootstrap(input: RepairInput): BootstrapDecision {
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
  const notReady = [...answering].filter(([node, view]) => !isReady(input, node, view)).map(([node]) => node);
  if (notReady.length > 0)
    return refuse('waiting', `${notReady.join(', ')} may still rejoin by itself, or other nodes may answer soon`);

  const histories = new Map([...answering].map(([node, view]) => [node, historyOf(view)]));
  const candidate = chooseCandidate(histories, input.lastKnownGroup);
  if (candidate === undefined) {
    return refuse('histories-differ', `no node has everything that ${[...histories.keys()].join(', ')} have`);
  }
  const history = histories.get(candidate) ?? new Map();
  if (input.lastKnownGroup !== undefined && !containsGtidSet(history, input.lastKnownGroup.executed)) {
    return refuse('record-ahead', `${candidate} lacks transactions that were seen before`);
  }
  const silent = nodes.filter((node) => !answering.has(node));
  for (const node of silent) {
    const refusal = refusalFor(node, { input, candidate, histories, view: answering.get(candidate) });
    if (refusal !== undefined) return refusal;
  }
  return { kind: 'bootstrap', host: candidate };
}

function refuse(reason: Refusal, details: string): BootstrapDecision {
  return { kind: 'refuse', reason, details };
}

/** All transactions on the disk of a node. */
export function historyOf(view: NodeView): GtidSet {
  return uniteGtidSets([view.executed, view.received]);
}

/** A node that just booted is ready once all others answer, too. A node that left a group first gets time to rejoin. */
function isReady(
  { nodes, reports, nowMs, maxAgeMs, stateSinceMs, repairAfterMs }: RepairInput,
  node: string,
  view: NodeView,
): boolean {
  const complete = nodes.every((other) => freshView(reports.get(other), nowMs, maxAgeMs) !== undefined);
  if (view.state === 'OFFLINE' && complete) return true;
  return nowMs - (stateSinceMs.get(node) ?? nowMs) >= repairAfterMs;
}

/** The node that has all transactions. Among several, prefers a member of the last group, then the first by name. */
function chooseCandidate(
  histories: ReadonlyMap<string, GtidSet>,
  lastKnownGroup: LastKnownGroup | undefined,
): string | undefined {
  const complete = [...histories.keys()]
    .filter((node) =>
      [...histories.values()].every((other) => containsGtidSet(histories.get(node) ?? new Map(), other)),
    )
    .toSorted();
  return complete.find((node) => lastKnownGroup?.members.includes(node)) ?? complete[0];
}

interface SilentNodeContext {
  readonly input: RepairInput;
  readonly candidate: string;
  readonly histories: ReadonlyMap<string, GtidSet>;
  readonly view: NodeView | undefined;
}

/** The refusal if a silent node may have transactions that the candidate lacks; `undefined` if it cannot. */
function refusalFor(
  silent: string,
  { input, candidate, histories, view }: SilentNodeContext,
): BootstrapDecision | undefined {
  const { lastKnownGroup, session } = input;
  if (lastKnownGroup === undefined)
    return refuse('no-record', `${silent} does not respond, and this agent has not seen a group`);
  const unchanged = containsGtidSet(lastKnownGroup.executed, uniteGtidSets([...histories.values()]));
  if (lastKnownGroup.session !== session && !unchanged) {
    return refuse(
      'record-of-earlier-session',
      `transactions were executed after the last known group, and ${silent} does not respond`,
    );
  }
  if (!lastKnownGroup.members.includes(silent)) return undefined;
  const isPair = lastKnownGroup.members.length === 2 && lastKnownGroup.members.includes(candidate);
  const isPrimaryStillRunning =
    lastKnownGroup.primary === candidate &&
    lastKnownGroup.primaryStartedAtMs !== undefined &&
    view !== undefined &&
    Math.abs(view.startedAtMs - lastKnownGroup.primaryStartedAtMs) <= START_TOLERANCE_MS;
  if (isPair && isPrimaryStillRunning && lastKnownGroup.session === session) return undefined;
  return refuse(
    'silent-member-may-be-ahead',
    `${silent} was in the last group (${lastKnownGroup.members.join(', ')}) and is silent`,
  );
}
