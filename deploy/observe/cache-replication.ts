import { hostsOf, PORTS, type Host } from '../model/topology.ts';
import type { Observation, StackContext } from './observation.ts';

/** Replication as one cache host reports it. */
export interface CacheReplication {
  readonly role: 'primary' | 'replica';
  /** Primary: replicas that are online. */
  readonly replicas: number;
  /** Replica: connected to its primary, and synchronized. */
  readonly isSynchronized: boolean;
  /** Bytes of the replication stream: written by a primary, applied by a replica. */
  readonly offset: number;
}

/** Reads the reply to `INFO replication`. `undefined` if it is not one. */
export function parseReplication(text: string): CacheReplication | undefined {
  const fields = new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [name, ...value] = line.split(':');
      return name === undefined || value.length === 0 ? [] : [[name, value.join(':')] as const];
    }),
  );
  const role = fields.get('role');
  if (role !== 'master' && role !== 'slave') return undefined;
  return {
    role: role === 'master' ? 'primary' : 'replica',
    replicas: [...fields].filter(([name, value]) => /^slave\d+$/.test(name) && value.includes('state=online')).length,
    isSynchronized: fields.get('master_link_status') === 'up' && fields.get('master_sync_in_progress') === '0',
    offset: Number(fields.get(role === 'master' ? 'master_repl_offset' : 'slave_repl_offset') ?? NaN),
  };
}

/** Whether one cache host is the primary of all others, and these are synchronized. */
export async function observeCacheReplication(stack: StackContext): Promise<Observation> {
  const hosts = hostsOf(stack.topology, 'cache');
  const found = await Promise.all(hosts.map(async (host) => ({ host, state: await readReplication(stack, host) })));
  const primaries = found.filter(({ state }) => state?.role === 'primary' && state.replicas === hosts.length - 1);
  const replicas = found.filter(({ state }) => state?.role === 'replica' && state.isSynchronized);
  const names = (of: typeof found): string => of.map(({ host }) => host.name).join(', ') || 'none';
  return {
    seen: primaries.length === 1 && replicas.length === hosts.length - 1,
    text: `primary with ${hosts.length - 1} replicas: ${names(primaries)}; synchronized replicas: ${names(replicas)}`,
  };
}

/** The cache host that reports the role of primary; `undefined` if none does, or several do. */
export async function findCachePrimary(stack: StackContext): Promise<string | undefined> {
  const hosts = hostsOf(stack.topology, 'cache');
  const states = await Promise.all(hosts.map((host) => readReplication(stack, host).catch(() => undefined)));
  const primaries = hosts.filter((_, index) => states[index]?.role === 'primary');
  return primaries.length === 1 ? primaries[0]?.name : undefined;
}

/** Queries one cache host. `undefined` if it does not report its replication. */
export async function readReplication(
  { hosts }: StackContext,
  { name }: Pick<Host, 'name'>,
): Promise<CacheReplication | undefined> {
  const password = 'REDISCLI_AUTH=$(cat /run/secrets/cache-check-password)';
  const client = `valkey-cli --user check --no-auth-warning -p ${PORTS.valkey}`;
  const { stdout } = await hosts.exec(name, ['sh', '-c', `export ${password}; timeout 2 ${client} INFO replication`]);
  return parseReplication(stdout);
}
