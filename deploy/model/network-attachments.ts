import type { HostLeg } from '../../kit/hosts.ts';
import type { Profile } from './profile.ts';
import type { Host } from './topology.ts';

/** Every leg of a host, as it is given to Docker whenever the host is connected. */
export function attachmentsOf(host: Host, profile: Profile): readonly HostLeg[] {
  return Object.entries(host.addresses).map(([network, address]) => ({
    network,
    address,
    options: host.tier === 'db' && network === 'data' ? givesUpSoon(profile) : {},
  }));
}

/**
 * Group Replication dials a lost node again and again, and its log tells of attempts that took its own timeout of a second, for as long as the kernel
 * believes in the neighbour's hardware address (half a minute and more by default). It was slow to agree on a new primary meanwhile: writes waited 7.8 and
 * 9.1 s; with this 6.6 to 8.1 s, in seven crashes.
 */
function givesUpSoon({ neighbour }: Profile): HostLeg['options'] {
  const settings = [
    `base_reachable_time_ms=${neighbour.arpReachableMs}`,
    `delay_first_probe_time=${NEIGHBOUR_DELAY_MS / 1_000}`,
    `retrans_time_ms=${neighbour.arpRetransmitMs}`,
  ];
  const sysctls = settings.map((setting) => `net.ipv4.neigh.IFNAME.${setting}`).join(',');
  return { 'com.docker.network.endpoint.sysctls': sysctls };
}

/** Between the end of belief and the first question: whole seconds in the kernel. */
const NEIGHBOUR_DELAY_MS = 1_000;
/** How often the kernel asks before it gives up (its default), and how much longer than told it may believe, at most (net/core/neighbour.c). */
const QUESTIONS = 3;
const MOST_BELIEF = 1.5;

/** How long after its last sign of life a neighbour is given up at the latest, in ms. */
export function neighbourGoneMs({ neighbour }: Pick<Profile, 'neighbour'>): number {
  return MOST_BELIEF * neighbour.arpReachableMs + NEIGHBOUR_DELAY_MS + QUESTIONS * neighbour.arpRetransmitMs;
}
