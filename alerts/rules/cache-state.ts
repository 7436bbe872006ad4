import type { MonitoringTimings } from '../../deploy/model/profile.ts';
import { slotsOf, type Topology } from '../../deploy/model/topology.ts';
import { promDuration } from '../../kit/prom-duration.ts';
import { absent, always, counts, dip, blip, fires, quiet, resolves, step } from '../alert-case.ts';
import { type Alert, ignoresStaleSamples, defaultFor, usualForDetails } from '../alert.ts';

/** The cache hosts, as they see themselves and each other. */
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
    group: 'unhurried',
    // A host that does not answer has no link to tell of; where no host answers, the exporters still say so.
    expr: `(sum(max by (host) (redis_master_link_up)) or max(redis_up) * 0) < ${replicas}`,
    // A failover leaves the replicas without a link for a moment.
    forMs: ignoresStaleSamples,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: `Only {{ $value }} of ${replicas} cache replicas replicate from the primary`,
    description: `{{ $value }} of ${replicas} replicas are connected to the cache primary. Without replicas, losing the primary empties the cache and ends every session.`,
    cases: [
      fires(
        'a replica is gone',
        { [linked('cache2')]: always(1), [linked('cache3')]: step(1, null), [up('cache3')]: step(1, 0) },
        { labels: {}, value: '1' },
      ),
      fires(
        'nobody answers',
        {
          [linked('cache2')]: step(1, null),
          [linked('cache3')]: step(1, null),
          [up('cache1')]: step(1, 0),
          [up('cache2')]: step(1, 0),
        },
        { labels: {}, value: '0' },
      ),
      quiet('the links are down for the time of a failover', {
        [linked('cache2')]: blip(1, 0, topology.profile.monitoring.detailScrapeIntervalMs),
        [linked('cache3')]: blip(1, 0, topology.profile.monitoring.detailScrapeIntervalMs),
        [up('cache1')]: always(1),
      }),
      absent('the exporters tell nothing', {}),
      resolves(
        'it follows again',
        { [linked('cache2')]: dip(1, 0), [linked('cache3')]: always(1), [up('cache1')]: always(1) },
        { labels: {}, value: '1' },
      ),
    ],
  };
}

const isPrimary = (host: string): string => `redis_instance_role{host="${host}",role="primary"}`;

/**
 * Longer than a primary that was away is left to itself and seen as one after that, and than the last sample of one that is gone is believed. One
 * that crashed asks the sentinels at its boot and comes back as a replica.
 */
const demotionFor =
  ({ profile }: Topology) =>
  (watch: MonitoringTimings): number =>
    profile.sentinelDemotesMs + watch.detailScrapeIntervalMs + watch.scrapeIntervalMs;

function primaryDuplicated(topology: Topology): Alert {
  return {
    name: 'CachePrimaryDuplicated',
    domain: 'cache',
    severity: 'critical',
    owner: 'platform',
    // What each says of itself: the load balancers use the first of two primaries that have replicas, and count no others.
    expr: 'sum(max by (host) (redis_instance_role{role="primary"})) > 1',
    forMs: demotionFor(topology),
    isTolerated: true,
    onAbsent: { coveredBy: 'TargetDown' },
    summary: '{{ $value }} cache hosts report the primary role',
    description:
      '{{ $value }} cache hosts report the primary role, for longer than Sentinel takes to demote a returned primary. Writes to one of them are missing on the other.',
    cases: [
      fires(
        'nobody demotes the old one',
        { [isPrimary('cache1')]: always(1), [isPrimary('cache2')]: step(0, 1), [isPrimary('cache3')]: always(0) },
        { labels: {}, value: '2' },
      ),
      quiet('a frozen primary comes back and is demoted', {
        [isPrimary('cache1')]: dip(0, 1, 18),
        [isPrimary('cache2')]: always(1),
      }),
      quiet('a primary is gone, and its last sample is believed after the failover', {
        [isPrimary('cache1')]: [
          [1, 28],
          [null, 132],
        ],
        [isPrimary('cache2')]: step(0, 1),
      }),
      quiet('nobody is the primary', { [isPrimary('cache1')]: step(1, 0), [isPrimary('cache2')]: always(0) }),
      absent('the exporters tell nothing', {}),
      resolves(
        'the second one follows again',
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
  group: 'unhurried',
  // The best view counts: a sentinel that was cut off sees less, never more.
  expr: '(max(redis_sentinel_master_ckquorum_status) or max(redis_sentinel_up)) < 1',
  forMs: usualForDetails,
  onAbsent: { coveredBy: 'TargetDown' },
  summary: 'The sentinels of the cache have no quorum',
  description:
    'No Sentinel reaches enough others to declare a primary down and to elect a leader. If the primary failed now, no failover would happen.',
  cases: [
    fires(
      'the last two of three see no quorum',
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
      'no sentinel answers',
      {
        [quorum('cache1')]: step(1, null),
        [quorum('cache2')]: step(1, null),
        [sentinelUp('cache1')]: step(1, 0),
        [sentinelUp('cache2')]: step(1, 0),
      },
      { labels: {} },
    ),
    quiet('one sentinel is cut off', {
      [quorum('cache1')]: step(1, 0),
      [quorum('cache2')]: always(1),
      [sentinelUp('cache1')]: always(1),
    }),
    absent('the exporters tell nothing', {}),
    resolves('enough are back', { [quorum('cache1')]: dip(1, 0), [sentinelUp('cache1')]: always(1) }, { labels: {} }),
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
        'ten keys a second are thrown away',
        { [evicted('cache1')]: counts([0, 20], [10, 100]), [evicted('cache2')]: always(0) },
        { labels: { host: 'cache1' }, value: '10' },
      ),
      quiet('a replica was promoted and brings the count of its earlier life', {
        [evicted('cache1')]: always(400),
        [evicted('cache2')]: step(null, 400),
      }),
      quiet('the server restarts', { [evicted('cache1')]: step(400, 0) }),
      absent('the exporters tell nothing', {}),
      resolves(
        'there is room again',
        { [evicted('cache1')]: counts([0, 20], [10, 40], [0, 60]) },
        { labels: { host: 'cache1' }, value: '10' },
      ),
    ],
  };
}
