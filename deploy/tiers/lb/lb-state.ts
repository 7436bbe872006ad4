import { addressOn, PORTS, type Host, type Topology } from '../../model/topology.ts';

/** The configuration of agents/lb-state; `parseSettings` there defines its format. */
export function renderLbState(topology: Topology, host: Host): string {
  const settings = {
    listen: { host: addressOn(host, 'ops'), port: PORTS.lbState },
    instances: Object.entries(topology.virtualAddresses).map(([name, { network, address, routerId }]) => ({
      name,
      address,
      routerId,
      ownAddress: addressOn(host, network),
    })),
    // HAProxy is polled at the interval of VRRP advertisements. Its deadline is slightly longer than that of VRRP peers, because it is busy with
    // requests.
    intervalMs: topology.profile.vrrpAdvertMs,
    deadlineMs: 4 * topology.profile.vrrpAdvertMs,
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
