import type { NetworkAttachment } from '../../kit/hosts.ts';
import type { Profile } from './profile.ts';
import type { Host } from './topology.ts';

/** The network attachments of a host, with the options for Docker's `connect`. */
export function attachmentsOf(host: Host, profile: Profile): readonly NetworkAttachment[] {
  return Object.entries(host.addresses).map(([network, address]) => ({
    network,
    address,
    options: host.tier === 'db' && network === 'data' ? shortArpTimeouts(profile) : {},
  }));
}

/**
 * Group Replication repeatedly connects to a lost node. By default the kernel keeps the ARP entry of that node for half a minute or more.
 * Each attempt then takes Group Replication's own timeout of 1 s, as its log shows. This delayed the election of a new primary: writes
 * waited 7.8 and 9.1 s. With the short timeouts they waited 6.6 to 8.1 s, in seven crashes.
 */
function shortArpTimeouts({ arp }: Profile): NetworkAttachment['options'] {
  const settings = [
    `base_reachable_time_ms=${arp.reachableMs}`,
    `delay_first_probe_time=${DELAY_FIRST_PROBE_MS / 1_000}`,
    `retrans_time_ms=${arp.retransmitMs}`,
  ];
  const sysctls = settings.map((setting) => `net.ipv4.neigh.IFNAME.${setting}`).join(',');
  return { 'com.docker.network.endpoint.sysctls': sysctls };
}

/** From the end of the reachable time to the first ARP probe; the kernel takes whole seconds. */
const DELAY_FIRST_PROBE_MS = 1_000;
/** ARP probes before the kernel marks the entry as failed (its default). */
const ARP_PROBES = 3;
/** The kernel randomizes the reachable time between 0.5 and 1.5 times the configured value (net/core/neighbour.c). */
const MAX_REACHABLE_FACTOR = 1.5;

/** The latest time after the last packet from a host at which the kernel marks its ARP entry as failed, in ms. */
export function arpTimeoutMs({ arp }: Pick<Profile, 'arp'>): number {
  return MAX_REACHABLE_FACTOR * arp.reachableMs + DELAY_FIRST_PROBE_MS + ARP_PROBES * arp.retransmitMs;
}
