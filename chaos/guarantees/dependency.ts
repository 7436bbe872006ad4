import { hostsOf, type Topology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { toxiproxyDown } from '../faults/toxiproxy-down.ts';
import { toxiproxyLatency } from '../faults/toxiproxy-latency.ts';
import type { DependencyOf } from '../faults/proxy-target.ts';
import { predictOutage } from '../predict.ts';
import type { Budget, FaultGuarantee } from './guarantee.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';

/** Far above every client's timeout: a cache that answers after a second is worse than no cache. */
const SLOW_BY_MS = 1_000;

const PAGE_BUDGETS: readonly Budget[] = [
  { kind: 'failed', most: 0 },
  { kind: 'latency', of: ['page', 'product'], quantile: 0.99, mostMs: 300 },
];

/** No alert may be mailed, because the site works without its cache. */
const NO_ALERTS = { mustDeliver: [], mayDeliver: [], deliverWithinMs: 60_000, resolveWithinMs: 60_000 } as const;

export const cacheSlow: FaultGuarantee = {
  id: 'dependency/cache-slow',
  claim: 'Pages are served while every response of the cache takes a second longer.',
  budgets: PAGE_BUDGETS,
  alerts: NO_ALERTS,
  holdMs: 20_000,
  predict: ({ profile }) => predictOutage('cache-slow', profile),
  choose: (world) =>
    Promise.resolve({
      fault: toxiproxyLatency(cacheOfApps(world.topology), SLOW_BY_MS),
      why: 'every application host reaches the cache through a proxy of its own',
      redundancy: redundancyOf(world.topology, 'app'),
    }),
};

export const cacheDown: FaultGuarantee = {
  id: 'dependency/cache-down',
  claim: 'Pages are served while the cache refuses every connection.',
  budgets: PAGE_BUDGETS,
  alerts: NO_ALERTS,
  holdMs: 20_000,
  predict: ({ profile }) => predictOutage('cache-down', profile),
  choose: (world) =>
    Promise.resolve({
      fault: toxiproxyDown(cacheOfApps(world.topology)),
      why: 'every application host reaches the cache through a proxy of its own',
      redundancy: redundancyOf(world.topology, 'app'),
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
