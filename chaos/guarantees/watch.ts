import type { Redundancy } from '../../deploy/observe/observation.ts';
import { servicesOf } from '../../deploy/model/host-services.ts';
import type { Host, Topology } from '../../deploy/model/topology.ts';
import { alertsOfCrash, alertsOfKill } from '../alert-expectations/expected-alerts.ts';
import { hostCrash } from '../faults/host-crash.ts';
import { observeHostBack } from '../faults/host-fault.ts';
import { processKill } from '../faults/process-kill.ts';
import type { AnyFault } from '../faults/undo.ts';
import { predictAlert } from '../predict.ts';
import type { FaultGuarantee } from './guarantee.ts';
import { redundancyOf } from '../../deploy/observe/redundancy.ts';

/** Longer than the alert of a lost host or process takes to be mailed. Low-urgency alerts (`lowUrgencyFor`) are mailed after a minute and not awaited. */
const HOLD_MS = 25_000;

/** One guarantee for the crash of each host and for the kill of each process: it causes exactly the expected alert mails. */
export function watchGuarantees(topology: Topology): readonly FaultGuarantee[] {
  const hosts = topology.hosts.filter(({ enabled }) => enabled);
  return [
    ...hosts.map((host) =>
      watchGuarantee(topology, host, {
        id: `watch/${host.name}-crash`,
        claim: `The crash of ${host.name} and its end are mailed, once each, and no other alert is.`,
        fault: hostCrash(host.name),
        alerts: alertsOfCrash(host.tier),
      }),
    ),
    ...hosts.flatMap((host) =>
      servicesOf(topology, host.tier).map((service) =>
        watchGuarantee(topology, host, {
          id: `watch/${host.name}-${service}-kill`,
          claim: `When ${service} on ${host.name} is killed and restarts, only its real effects are mailed.`,
          fault: processKill(host.name, service),
          alerts: alertsOfKill(service),
        }),
      ),
    ),
  ];
}

type Watched = Pick<FaultGuarantee, 'id' | 'claim' | 'alerts'> & { readonly fault: AnyFault };

function watchGuarantee(topology: Topology, host: Host, { fault, ...about }: Watched): FaultGuarantee {
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
        redundancy: [hostBack(host), ...redundancyOf(topology, host.tier)],
      }),
  };
}

function hostBack({ name }: Host): Redundancy {
  return { what: `${name} is back`, observe: (world) => observeHostBack(world, name) };
}
