import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { slotsOf, type Topology } from '../../deploy/model/topology.ts';
import { absent, always, dip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, ignoresStaleSamples, defaultFor } from '../alert.ts';
import { anyOf, onHost, orZero } from '../promql.ts';

/**
 * Alerts of the database group, as seen by the failover agents on the load balancers. The maximum over both agents counts: an agent that cannot
 * reach the nodes sees fewer members, never more. An agent that is down has no series and does not change the result.
 */
export function databaseAlerts(topology: Topology): readonly Alert[] {
  return [nodeLost(topology), redundancyLost(topology), noWritablePrimary(topology), viewSplit(topology)];
}

const online = (agent: string): string => `holdfast_db_group_members_online{host="${agent}"}`;
const writable = (agent: string): string => `holdfast_db_writers{host="${agent}"}`;
const disagreement = (agent: string): string => `holdfast_db_view_disagreement{host="${agent}"}`;
const member = (agent: string, name: string): string =>
  `holdfast_db_node_state{host="${agent}",node="${name}",state="ONLINE"}`;

function nodeLost(topology: Topology): Alert {
  const nodes = slotsOf(topology, 'db');
  return {
    name: 'DatabaseNodeLost',
    domain: 'database',
    severity: 'warning',
    owner: 'database',
    expr: anyOf(
      onHost('node', 'max by (node) (holdfast_db_node_state{state="ONLINE"}) == 0'),
      // A node without any series, while others have some.
      nodes
        .map(({ name }) => onHost('node', `absent(holdfast_db_node_state{node="${name}",state="ONLINE"})`))
        .join('\nor\n'),
    ),
    forMs: ignoresStaleSamples,
    onAbsent: 'fires',
    summary: 'Database node {{ $labels.host }} is not in the group',
    description: 'No role agent sees {{ $labels.host }} as an ONLINE member of the group.',
    cases: [
      fires(
        'both agents report it as not ONLINE',
        {
          [member('lb1', 'db1')]: step(1, 0),
          [member('lb2', 'db1')]: step(1, 0),
          [member('lb1', 'db2')]: always(1),
          [member('lb1', 'db3')]: always(1),
        },
        { labels: { host: 'db1' } },
      ),
      quiet('one agent loses its connection, then its host goes down', {
        [member('lb1', 'db1')]: [
          [1, 20],
          [0, 40],
          [null, 60],
        ],
        ...Object.fromEntries(['db1', 'db2', 'db3'].map((name) => [member('lb2', name), always(1)])),
      }),
      absent(
        'no agent exposes it',
        { [member('lb1', 'db1')]: always(1), [member('lb1', 'db2')]: always(1) },
        { labels: { host: 'db3' } },
      ),
      resolves(
        'it is ONLINE again',
        {
          [member('lb2', 'db1')]: always(1),
          [member('lb2', 'db2')]: dip(1, 0),
          [member('lb2', 'db3')]: always(1),
        },
        { labels: { host: 'db2' } },
      ),
    ],
  };
}

function redundancyLost(topology: Topology): Alert {
  const all = slotsOf(topology, 'db').length;
  return {
    name: 'DatabaseRedundancyLost',
    domain: 'database',
    severity: 'critical',
    owner: 'database',
    expr: `${orZero('max(holdfast_db_group_members_online)')} < ${all}`,
    forMs: defaultFor,
    onAbsent: 'fires',
    summary: `Only {{ $value }} of ${all} database nodes are ONLINE`,
    description: `{{ $value }} of ${all} group members are ONLINE. With two, one more failure stops all writes; with fewer, writes have stopped. 0 can also mean that no role agent responds.`,
    cases: [
      fires(
        'two nodes are left, and one agent is down',
        { [online('lb1')]: step(3, 2), [online('lb2')]: step(3, null) },
        { labels: {}, value: '2' },
      ),
      quiet('one agent sees fewer members than the other', { [online('lb1')]: step(3, 1), [online('lb2')]: always(3) }),
      absent('no metrics of agents', {}, { labels: {}, value: '0' }),
      resolves(
        'all nodes are back',
        { [online('lb1')]: dip(3, 2), [online('lb2')]: dip(3, 2) },
        { labels: {}, value: '2' },
      ),
    ],
  };
}

/** Longer than a failover of the primary (failure detection and election). */
const failoverFor =
  (topology: Topology) =>
  (timings: MonitoringTimings): number =>
    topology.profile.groupSuspicionMs + timings.alertForMs;

function noWritablePrimary(topology: Topology): Alert {
  return {
    name: 'DatabaseNoWritablePrimary',
    domain: 'database',
    severity: 'critical',
    owner: 'database',
    expr: `${orZero('max(holdfast_db_writers)')} < 1`,
    forMs: failoverFor(topology),
    onAbsent: 'fires',
    summary: 'No database node accepts writes',
    description:
      'No role agent has found a writable primary in the majority, for longer than a failover takes. Orders fail.',
    cases: [
      fires(
        'there is no writable primary',
        { [writable('lb1')]: step(1, 0), [writable('lb2')]: step(1, 0) },
        { labels: {} },
      ),
      quiet('a failover of 8 s', { [writable('lb1')]: dip(1, 0, 8), [writable('lb2')]: dip(1, 0, 8) }),
      absent('no metrics of agents', {}, { labels: {} }),
      resolves(
        'there is a writable primary again',
        { [writable('lb1')]: dip(1, 0), [writable('lb2')]: step(1, null) },
        { labels: {} },
      ),
    ],
  };
}

/**
 * Only nodes that respond and report a quorum are compared, so a node that is down, paused or partitioned causes no disagreement. The remaining
 * nodes change their views within a second of each other. A node that is unpaused reports its old view until it learns that it was expelled.
 */
function viewSplit(topology: Topology): Alert {
  return {
    name: 'DatabaseViewSplit',
    domain: 'database',
    severity: 'critical',
    owner: 'database',
    expr: 'max(holdfast_db_view_disagreement) == 1',
    forMs: failoverFor(topology),
    // Without agents there is no number of members either.
    onAbsent: { coveredBy: 'DatabaseRedundancyLost' },
    summary: 'Database group membership is split',
    description:
      'Nodes that each see a majority report different members or different primaries, for longer than a failover takes. There may be two groups.',
    cases: [
      fires(
        'one agent reaches both sides, the other agent only one',
        { [disagreement('lb1')]: step(0, 1), [disagreement('lb2')]: always(0) },
        { labels: {} },
      ),
      quiet('the views differ during a failover', {
        [disagreement('lb1')]: dip(0, 1, 8),
        [disagreement('lb2')]: dip(0, 1, 6),
      }),
      quiet('the only agent that saw it is down', {
        [disagreement('lb1')]: [
          [0, 20],
          [1, 6],
          [null, 134],
        ],
        [disagreement('lb2')]: always(0),
      }),
      absent('no metrics of agents', {}),
      resolves(
        'the views agree again',
        { [disagreement('lb1')]: dip(0, 1), [disagreement('lb2')]: dip(0, 1) },
        { labels: {} },
      ),
    ],
  };
}
