import { servicesOf } from '../../deploy/model/host-services.ts';
import type { Host, Topology } from '../../deploy/model/topology.ts';
import { alertsOfCrash, alertsOfKill } from '../alert-expectations/expected-alerts.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { observeHostBack } from '../faults/host-fault.ts';
import { processKill } from '../faults/process-kill.ts';
import type { AnyFault } from '../faults/undo.ts';
import { predictAlert } from '../predict.ts';
import type { Guarantee, Redundancy } from './guarantee.ts';
import {
  addressesHeldOnce,
  databaseComplete,
  edgesReachOrigin,
  loadBalancersReady,
  poolComplete,
} from './redundancy.ts';

/** Longer than what a lost host or process raises takes to be mailed. What the stack lives with is told after a minute (`tolerated`), and is not waited for. */
const HOLD_MS = 25_000;

/** That whoever is on call hears of the loss of each host and each process exactly what he should. */
export function watchGuarantees(topology: Topology): readonly Guarantee[] {
  const hosts = topology.hosts.filter(({ enabled }) => enabled);
  return [
    ...hosts.map((host) =>
      watchGuarantee(topology, host, {
        id: `watch/${host.name}-crash`,
        claim: `The crash of ${host.name} is told as it should be, and so is its end.`,
        fault: hostCrash(host.name),
        alerts: alertsOfCrash(host.tier),
      }),
    ),
    ...hosts.flatMap((host) =>
      servicesOf(topology, host.tier).map((service) =>
        watchGuarantee(topology, host, {
          id: `watch/${host.name}-${service}-kill`,
          claim: `Nobody is woken when ${service} on ${host.name} dies and comes back, but for what it really costs.`,
          fault: processKill(host.name, service),
          alerts: alertsOfKill(service),
        }),
      ),
    ),
  ];
}

type Watched = Pick<Guarantee, 'id' | 'claim' | 'alerts'> & { readonly fault: AnyFault };

function watchGuarantee(topology: Topology, host: Host, { fault, ...about }: Watched): Guarantee {
  return {
    ...about,
    budgets: [{ kind: 'lost-writes', most: 0 }],
    holdMs: HOLD_MS,
    predict: () =>
      predictAlert(
        topology,
        about.alerts.mustDeliver.map(({ alertname }) => alertname),
      ),
    choose: () =>
      Promise.resolve({
        fault,
        why: `${host.name} is one of the hosts of the tier ${host.tier}`,
        redundancy: [hostBack(host), ...redundancyOf(topology, host)],
      }),
  };
}

function hostBack({ name }: Host): Redundancy {
  return { what: `${name} is back`, observe: (world) => observeHostBack(world, name) };
}

function redundancyOf(topology: Topology, { tier }: Host): readonly Redundancy[] {
  switch (tier) {
    case 'lb':
      return [loadBalancersReady, addressesHeldOnce];
    case 'web':
      return [poolComplete(topology, 'web', 'web')];
    case 'app':
      return [poolComplete(topology, 'app', 'app-pool')];
    case 'db':
      return [databaseComplete(topology)];
    case 'edge':
      return [edgesReachOrigin];
    case 'cache':
    case 'monitor':
    case 'mail':
    case 'trace':
      return [];
  }
}
