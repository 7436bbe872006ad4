import type { Profile } from '../../model/profile.ts';
import { restart, type RenderedFile } from '../../model/rendered-file.ts';
import { addressOn, PORTS, slotsOf, type Host, type Topology } from '../../model/topology.ts';

/** Share of the host's memory for data; the rest is for replica buffers and the copies of a full synchronisation. */
const DATA_SHARE = 0.45;
/** Votes needed to consider a primary down and to elect its replacement: a majority of the sentinels. */
const quorumOf = (members: number): number => Math.floor(members / 2) + 1;

/** Sentinel's name of the primary. */
export const PRIMARY = 'shop';

/**
 * Every configuration file of a cache host. The run scripts in `image/services` add passwords from secrets and find the role at boot.
 */
export function renderCache(topology: Topology, host: Host): readonly RenderedFile[] {
  return [
    { path: 'valkey.conf', text: renderValkey(topology.profile, host), onChange: restart('valkey') },
    { path: 'sentinel.conf', text: renderSentinel(topology, host), onChange: restart('sentinel') },
    { path: 'cache.env', text: renderEnvironment(topology, host), onChange: restart('valkey', 'sentinel') },
  ];
}

/** The data address first: replication and Sentinel use it as their source address. Monitors connect to the `ops` address. */
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
# A cache needs no persistence, and a restarted host gets the data from the primary.
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
# Latency histograms per command are not used.
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

/** Variables of the run scripts: all members, and how long a former primary waits for the election of another one. */
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
