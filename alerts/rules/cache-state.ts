import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { slotsOf, type Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, ignoresStaleSamples, defaultFor, detailFor } from '../alert.ts';

/** Alerts of the self-reported state of cache hosts and Sentinels. */
export function cacheStateAlerts(topology: Topology): readonly Alert[] {
  return [redundancyLost(topology), primaryDuplicated(topology), sentinelQuorumLost, evicting(topology)];
}

const linked = (host: string): string =>
  `redis_master_link_up{host="${host}",master_host="198.18.2.61",master_port="6379"}`;
const up = (host: string): string => `redis_up{host="${host}"}`;

function redundancyLost(topology: Topology): Alert {
  const replicas = slotsOf(topology, 'cache').length - 1;
  return {
    name: 'CacheRedundancyLost',
    domain: 'cache',
    severity: 'warning',
    owner: 'platform',
    group: 'low-priority',
    // A host that does not respond exposes no link. If no host responds, `redis_up * 0` still yields 0.
    expr: `(sum(max by (host) (redis_master_link_up)) or max(redis_up) * 0) < ${replicas}`,
    // During a failover the replicas are disconnected for a moment.
    forMs: ignoresStaleSamples,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: `Only {{ $value }} of ${replicas} cache replicas replicate from the primary`,
    description: `{{ $value }} of ${replicas} replicas are connected to the cache primary. Without replicas, losing the primary empties the cache and ends every session.`,
    cases: [
      fires(
        'a replica is down',
        { [linked('cache2')]: always(1), [linked('cache3')]: step(1, null), [up('cache3')]: step(1, 0) },
        { labels: {}, value: '1' },
      ),
      fires(
        'no host responds',
        {
          [linked('cache2')]: step(1, null),
          [linked('cache3')]: step(1, null),
          [up('cache1')]: step(1, 0),
          [up('cache2')]: step(1, 0),
        },
        { labels: {}, value: '0' },
      ),
      quiet('the links are down during a failover', {
        [linked('cache2')]: blip(1, 0, topology.profile.monitoring.detailScrapeIntervalMs),
        [linked('cache3')]: blip(1, 0, topology.profile.monitoring.detailScrapeIntervalMs),
        [up('cache1')]: always(1),
      }),
      absent('no metrics of the exporters', {}),
      resolves(
        'it replicates again',
        { [linked('cache2')]: dip(1, 0), [linked('cache3')]: always(1), [up('cache1')]: always(1) },
        { labels: {}, value: '1' },
      ),
    ],
  };
}

const isPrimary = (host: string): string => `redis_instance_role{host="${host}",role="primary"}`;

/**
 * Longer than Sentinel takes to demote a returned primary, including the scrape that shows it, and longer than the last sample of a lost primary
 * counts as current. A crashed primary asks the Sentinels at its start and returns as a replica.
 */
const demotionFor =
  ({ profile }: Topology) =>
  (timings: MonitoringTimings): number =>
    profile.sentinelDemotesMs + timings.detailScrapeIntervalMs + timings.scrapeIntervalMs;

function primaryDuplicated(topology: Topology): Alert {
  return {
    name: 'CachePrimaryDuplicated',
    domain: 'cache',
    severity: 'critical',
    owner: 'platform',
    // Self-reported roles, because the load balancers use the first of two primaries with replicas and do not count the other.
    expr: 'sum(max by (host) (redis_instance_role{role="primary"})) > 1',
    forMs: demotionFor(topology),
    isLowUrgency: true,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $value }} cache hosts report the primary role',
    description:
      '{{ $value }} cache hosts report the primary role, for longer than Sentinel takes to demote a returned primary. Writes to one of them are missing on the other.',
    cases: [
      fires(
        'the old primary is not demoted',
        { [isPrimary('cache1')]: always(1), [isPrimary('cache2')]: step(0, 1), [isPrimary('cache3')]: always(0) },
        { labels: {}, value: '2' },
      ),
      quiet('a paused primary returns and is demoted', {
        [isPrimary('cache1')]: dip(0, 1, 18),
        [isPrimary('cache2')]: always(1),
      }),
      quiet('a primary is down, and its last sample still counts after the failover', {
        [isPrimary('cache1')]: [
          [1, 28],
          [null, 132],
        ],
        [isPrimary('cache2')]: step(0, 1),
      }),
      quiet('no host is the primary', { [isPrimary('cache1')]: step(1, 0), [isPrimary('cache2')]: always(0) }),
      absent('no metrics of the exporters', {}),
      resolves(
        'the second one is a replica again',
        { [isPrimary('cache1')]: always(1), [isPrimary('cache3')]: dip(0, 1) },
        { labels: {}, value: '2' },
      ),
    ],
  };
}

const quorum = (host: string): string => `redis_sentinel_master_ckquorum_status{host="${host}",master_name="shop"}`;
const sentinelUp = (host: string): string => `redis_sentinel_up{host="${host}"}`;

const sentinelQuorumLost: Alert = {
  name: 'SentinelQuorumLost',
  domain: 'cache',
  severity: 'warning',
  owner: 'platform',
  group: 'low-priority',
  // The maximum over all Sentinels counts: a partitioned Sentinel sees fewer members, never more.
  expr: '(max(redis_sentinel_master_ckquorum_status) or max(redis_sentinel_up)) < 1',
  forMs: detailFor,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'The sentinels of the cache have no quorum',
  description:
    'No Sentinel reaches enough others to declare a primary down and to elect a leader. If the primary failed now, no failover would happen.',
  cases: [
    fires(
      'no remaining Sentinel sees a quorum',
      {
        [quorum('cache1')]: step(1, 0),
        [quorum('cache2')]: step(1, null),
        [quorum('cache3')]: step(1, null),
        [sentinelUp('cache1')]: always(1),
        [sentinelUp('cache2')]: step(1, 0),
      },
      { labels: {} },
    ),
    fires(
      'no Sentinel responds',
      {
        [quorum('cache1')]: step(1, null),
        [quorum('cache2')]: step(1, null),
        [sentinelUp('cache1')]: step(1, 0),
        [sentinelUp('cache2')]: step(1, 0),
      },
      { labels: {} },
    ),
    quiet('one Sentinel is partitioned', {
      [quorum('cache1')]: step(1, 0),
      [quorum('cache2')]: always(1),
      [sentinelUp('cache1')]: always(1),
    }),
    absent('no metrics of the exporters', {}),
    resolves(
      'enough Sentinels are back',
      { [quorum('cache1')]: dip(1, 0), [sentinelUp('cache1')]: always(1) },
      { labels: {} },
    ),
  ],
};

const evicted = (host: string): string => `redis_evicted_keys_total{host="${host}"}`;

function evicting(topology: Topology): Alert {
  const window = promDuration(3 * topology.profile.monitoring.detailScrapeIntervalMs);
  return {
    name: 'CacheEvicting',
    domain: 'cache',
    severity: 'warning',
    owner: 'platform',
    expr: `max by (host) (rate(redis_evicted_keys_total[${window}])) > 0`,
    forMs: defaultFor,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: 'The cache on {{ $labels.host }} is full',
    description: `{{ $labels.host }} evicts {{ $value | humanize }} keys per second (over the last ${window}), because its memory limit is reached. Sessions are among them.`,
    cases: [
      fires(
        'ten keys per second are evicted',
        { [evicted('cache1')]: counts([0, 20], [10, 100]), [evicted('cache2')]: always(0) },
        { labels: { host: 'cache1' }, value: '10' },
      ),
      quiet('a replica reappears with its old counter', {
        [evicted('cache1')]: always(400),
        [evicted('cache2')]: step(null, 400),
      }),
      quiet('the server restarts', { [evicted('cache1')]: step(400, 0) }),
      absent('no metrics of the exporters', {}),
      resolves(
        'there is free memory again',
        { [evicted('cache1')]: counts([0, 20], [10, 40], [0, 60]) },
        { labels: { host: 'cache1' }, value: '10' },
      ),
    ],
  };
}
