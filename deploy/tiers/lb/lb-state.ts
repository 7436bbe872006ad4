import { addressOn, PORTS, type Host, type Topology } from '../../model/topology.ts';

/** What agents/lb-state watches and where it tells: see `parseSettings` there. */
export function renderLbState(topology: Topology, host: Host): string {
  const settings = {
    listen: { host: addressOn(host, 'ops'), port: PORTS.lbState },
    instances: Object.entries(topology.virtualAddresses).map(([name, { network, address, routerId }]) => ({
      name,
      address,
      routerId,
      ownAddress: addressOn(host, network),
    })),
    // HAProxy is asked as often as the peers speak. It gets a little more time than they give each other: it shares its processor with its work.
    intervalMs: topology.profile.vrrpAdvertMs,
    deadlineMs: 4 * topology.profile.vrrpAdvertMs,
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
