import { MEMBER_STATES } from './member-states.ts';
import { atMost, counter, gauge } from './metric.ts';

const NODE = { node: atMost(9, 'database nodes of the topology') };

/** The database failover agent next to each HAProxy: agents/db-role/metrics.ts creates its metrics from this. */
export const DB_ROLE = {
  holdfast_db_node_up: gauge('1', 'Whether the agent has a recent response of the node.', { labels: NODE }),
  holdfast_db_node_state: gauge('1', 'Self-reported state of the node: 1 for the current state.', {
    labels: { ...NODE, state: MEMBER_STATES },
  }),
  holdfast_db_node_primary: gauge('1', 'Whether the node reports itself as the primary of its group.', {
    labels: NODE,
  }),
  holdfast_db_node_apply_queue: gauge('1', 'Transactions received but not yet applied by the node.', {
    labels: NODE,
  }),
  holdfast_db_node_apply_lag_seconds: gauge(
    'seconds',
    'Age of the oldest primary transaction that the node may lack; above the profile limit, it gets no reads.',
    { labels: NODE },
  ),
  holdfast_db_node_answer_seconds: gauge('seconds', 'Duration of the last response of the node.', { labels: NODE }),
  holdfast_db_node_diverged: gauge(
    '1',
    'Whether the node has transactions that the group lacks: it is excluded until an operator decides.',
    { labels: NODE },
  ),
  holdfast_db_writer: gauge('1', 'Whether writes are routed to the node.', { labels: NODE }),
  holdfast_db_writers: gauge('1', 'Nodes to which writes are routed: 1 or 0.'),
  holdfast_db_readers: gauge('1', 'Nodes to which reads are routed.'),
  holdfast_db_nodes: gauge('1', 'Configured database nodes.'),
  holdfast_db_group_members_online: gauge('1', 'ONLINE members of the group, as reported by its own members.'),
  holdfast_db_view_disagreement: gauge('1', 'Whether nodes in the group report different members or primaries.'),
  holdfast_db_bootstrap_refused: gauge('1', 'Whether there is no group and its bootstrap is refused for this reason.', {
    labels: { reason: atMost(12, 'agents/db-role/decide-bootstrap.ts') },
  }),
  holdfast_db_repairs_total: counter('1', 'Repairs by kind and result.', {
    labels: { kind: ['rejoin', 'join', 'bootstrap'], result: ['done', 'failed'] },
  }),
  holdfast_db_route_updates_total: counter('1', 'Route updates pushed to HAProxy, by result.', {
    labels: { result: ['done', 'failed'] },
  }),
  holdfast_db_writer_changes_total: counter('1', 'Changes of the node to which writes are routed.'),
  holdfast_db_writer_changed_timestamp_seconds: gauge(
    'timestamp',
    'Time of the last change of the node to which writes are routed.',
  ),
  holdfast_db_last_quorum_timestamp_seconds: gauge(
    'timestamp',
    'Time when a group with a quorum was last seen; 0 if never.',
  ),
} as const;
