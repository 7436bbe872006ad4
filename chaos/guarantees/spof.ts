import { hostsOf } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { predictOutage } from '../predict.ts';
import { readDbGroup } from '../../deploy/observe/db-group.ts';
import { findHolders } from '../../deploy/observe/virtual-address.ts';
import type { FaultGuarantee } from './guarantee.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';

/** The alert mail must arrive within 60 s of the fault, the resolved mail within 60 s of full redundancy. */
const DELIVERY_LIMITS = { deliverWithinMs: 60_000, resolveWithinMs: 60_000 };

export const lbActiveCrash: FaultGuarantee = {
  id: 'spof/lb-active-crash',
  claim: 'The load balancer that holds the virtual address may crash at any time.',
  budgets: [
    { kind: 'outage', longestMs: 1_000, aimMs: 500 },
    { kind: 'lost-writes', most: 0 },
  ],
  alerts: { ...DELIVERY_LIMITS, mustDeliver: [{ alertname: 'LoadBalancerLost', ofTarget: true }], mayDeliver: [] },
  holdMs: 10_000,
  predict: ({ profile }) => predictOutage('lb-crash', profile),
  choose: async (world) => {
    const { address } = world.topology.virtualAddresses.front;
    const holders = await findHolders(world, address);
    const [active] = holders;
    if (active === undefined || holders.length > 1)
      throw new HoldfastError(
        'stack-not-healthy',
        `The virtual IP ${address} has ${holders.length === 0 ? 'no owner' : `several owners: ${holders.join(', ')}`}.`,
      );
    return {
      fault: hostCrash(active),
      why: `${active} holds ${address}`,
      redundancy: redundancyOf(world.topology, 'lb'),
    };
  },
};

export const appCrash: FaultGuarantee = {
  id: 'spof/app-crash',
  claim: 'An application host may crash at any time without a request failing.',
  budgets: [
    { kind: 'failed', most: 0 },
    { kind: 'lost-writes', most: 0 },
  ],
  alerts: {
    ...DELIVERY_LIMITS,
    mustDeliver: [{ alertname: 'AppHostLost', ofTarget: true }],
    // With two hosts, the remaining one has no redundancy.
    mayDeliver: ['AppRedundancyLost'],
  },
  holdMs: 10_000,
  predict: ({ profile }) => predictOutage('app-crash', profile),
  choose: ({ topology }) => {
    const hosts = hostsOf(topology, 'app');
    const last = hosts.at(-1);
    if (last === undefined) throw new HoldfastError('invalid-topology', 'There is no application host.');
    return Promise.resolve({
      fault: hostCrash(last.name),
      why: `${last.name} is one of ${hosts.length} application hosts`,
      redundancy: redundancyOf(topology, 'app'),
    });
  },
};

export const dbPrimaryCrash: FaultGuarantee = {
  id: 'spof/db-primary-crash',
  claim: 'The primary of the database may crash at any time: writes wait, reads go on, nothing is lost.',
  budgets: [
    { kind: 'failed', most: 0 },
    { kind: 'stall', of: 'reads', longestMs: 1_500 },
    { kind: 'stall', of: 'writes', longestMs: 9_000 },
    { kind: 'lost-writes', most: 0 },
    { kind: 'redundancy', withinMs: 60_000 },
  ],
  alerts: {
    ...DELIVERY_LIMITS,
    mustDeliver: [
      { alertname: 'DatabaseNodeLost', ofTarget: true },
      { alertname: 'DatabaseRedundancyLost', ofTarget: false },
    ],
    mayDeliver: ['DatabaseNoWritablePrimary'],
  },
  holdMs: 15_000,
  predict: ({ profile }) => predictOutage('db-primary-crash', profile),
  choose: async (world) => {
    const { primary } = await readDbGroup(world.topology);
    if (primary === undefined) throw new HoldfastError('stack-not-healthy', 'The database group has no primary.');
    return {
      fault: hostCrash(primary),
      why: `${primary} is the primary`,
      redundancy: redundancyOf(world.topology, 'db'),
    };
  },
};
