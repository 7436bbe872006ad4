import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { toxiproxyDown } from '../faults/toxiproxy-down.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import type { DependencyOf } from '../faults/proxy-target.ts';
import { predictOutage } from '../predict.ts';
import type { Budget, Guarantee } from './guarantee.ts';
import { poolComplete } from './redundancy.ts';

/** Far beyond any client's patience: a cache that answers after a second is worse than none. */
const SLOW_BY_MS = 1_000;

const PAGES_LIVE: readonly Budget[] = [
  { kind: 'failed', most: 0 },
  { kind: 'latency', of: ['page', 'product'], quantile: 0.99, mostMs: 300 },
];

/** A site that lives without its cache has nothing to wake anybody for. */
const NO_ALERTS = { mustDeliver: [], mayDeliver: [], deliverWithinMs: 60_000, resolveWithinMs: 60_000 } as const;

export const cacheSlow: Guarantee = {
  id: 'dependency/cache-slow',
  claim: 'Pages live on when every answer of the cache comes a second late.',
  budgets: PAGES_LIVE,
  alerts: NO_ALERTS,
  holdMs: 20_000,
  predict: ({ profile }) => predictOutage('cache-slow', profile),
  choose: (world) =>
    Promise.resolve({
      fault: toxiproxyLatency(cacheOfApps(world.topology), SLOW_BY_MS),
      why: 'every application host reaches the cache through a proxy of its own',
      redundancy: [poolComplete(world.topology, 'app', 'app-pool')],
    }),
};

export const cacheDown: Guarantee = {
  id: 'dependency/cache-down',
  claim: 'Pages live on when the cache refuses every connection.',
  budgets: PAGES_LIVE,
  alerts: NO_ALERTS,
  holdMs: 20_000,
  predict: ({ profile }) => predictOutage('cache-down', profile),
  choose: (world) =>
    Promise.resolve({
      fault: toxiproxyDown(cacheOfApps(world.topology)),
      why: 'every application host reaches the cache through a proxy of its own',
      redundancy: [poolComplete(world.topology, 'app', 'app-pool')],
    }),
};

function cacheOfApps(topology: Topology): DependencyOf {
  if (!topology.toxiproxy)
    throw new HoldfastError(
      'invalid-topology',
      'The topology has no Toxiproxy, so faults of dependencies cannot be injected.',
    );
  return { dependency: 'cache', hosts: hostsOf(topology, 'app').map(({ name }) => name) };
}
