import type { Profile } from '../../model/profile.ts';
import type { RenderedFile } from '../../model/rendered-file.ts';
import { addressOn, PORTS, slotsOf, type Host, type Topology } from '../../model/topology.ts';

/** What the data may fill of its host's memory; the rest is for buffers of replicas and for the copies of a full synchronisation. */
const DATA_SHARE = 0.45;
/** Votes needed to call a primary dead, and to elect who replaces it: a majority of the sentinels. */
const quorumOf = (members: number): number => Math.floor(members / 2) + 1;

/** What the sentinels call the one primary. */
const PRIMARY = 'shop';

/**
 * Every configuration file of a cache host. Passwords are added at boot from secrets, and the role is found at boot: see the run scripts in
 * `image/services`.
 */
export function renderCache(topology: Topology, host: Host): readonly RenderedFile[] {
  return [
    { path: 'valkey.conf', text: renderValkey(topology.profile, host) },
    { path: 'sentinel.conf', text: renderSentinel(topology, host) },
    { path: 'cache.env', text: renderEnvironment(topology, host) },
  ];
}

/** The data address first: replication and Sentinel send from it. Monitors ask on the management leg. */
function bindsOf(host: Host): string {
  return `${addressOn(host, 'data')} ${addressOn(host, 'ops')} 127.0.0.1`;
}

function renderValkey(profile: Profile, host: Host): string {
  const address = addressOn(host, 'data');
  return `bind ${bindsOf(host)}
port ${PORTS.valkey}
protected-mode no
daemonize no
dir /var/lib/valkey
aclfile /run/holdfast/secrets/users.acl
# A cache: what is in it can be made again, and a restarted host gets it from the primary.
appendonly no
save ""
stop-writes-on-bgsave-error no
maxmemory ${Math.floor(host.memoryMiB * DATA_SHARE)}mb
maxmemory-policy allkeys-lru
replica-announce-ip ${address}
replica-announce-port ${PORTS.valkey}
masteruser peer
repl-diskless-sync yes
repl-diskless-sync-delay 0
repl-diskless-load swapdb
repl-backlog-size 8mb
repl-ping-replica-period 1
repl-timeout ${Math.ceil(profile.sentinelFailoverTimeoutMs / 1000)}
tcp-keepalive 15
timeout 0
# Nobody asks for histograms of every command here.
latency-tracking no
`;
}

function renderSentinel(topology: Topology, host: Host): string {
  const { profile } = topology;
  const members = slotsOf(topology, 'cache');
  const [first] = members;
  if (first === undefined) throw new Error('the topology has no cache host');
  const address = addressOn(host, 'data');
  return `bind ${bindsOf(host)}
port ${PORTS.sentinel}
protected-mode no
daemonize no
dir /var/lib/valkey
aclfile /run/holdfast/secrets/sentinel-users.acl
sentinel announce-ip ${address}
sentinel announce-port ${PORTS.sentinel}
sentinel monitor ${PRIMARY} ${addressOn(first, 'data')} ${PORTS.valkey} ${quorumOf(members.length)}
sentinel down-after-milliseconds ${PRIMARY} ${profile.sentinelDownAfterMs}
sentinel failover-timeout ${PRIMARY} ${profile.sentinelFailoverTimeoutMs}
sentinel parallel-syncs ${PRIMARY} ${members.length - 1}
sentinel auth-user ${PRIMARY} peer
sentinel sentinel-user peer
`;
}

/** For the run scripts: who the others are, and how long a host that may still be thought to be the primary waits for a successor. */
function renderEnvironment(topology: Topology, host: Host): string {
  const { profile } = topology;
  const members = slotsOf(topology, 'cache').map((member) => addressOn(member, 'data'));
  const waitMs = profile.sentinelDownAfterMs + profile.sentinelFailoverTimeoutMs;
  return `CACHE_PRIMARY=${PRIMARY}
CACHE_ADDRESS=${addressOn(host, 'data')}
CACHE_MEMBERS="${members.join(' ')}"
CACHE_PORT=${PORTS.valkey}
CACHE_SENTINEL_PORT=${PORTS.sentinel}
CACHE_SUCCESSOR_WAIT_SECONDS=${Math.ceil(waitMs / 1000)}
`;
}
