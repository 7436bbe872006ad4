import type { Redundancy, StackContext } from '../../deploy/observe/observation.ts';
import { hostsOf, HOSTILE_ADDRESS } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { REQUEST_KINDS } from '../evidence/request-record.ts';
import { hostileClient, type AttackedEntry } from '../faults/hostile-client.ts';
import { ATTACKS, type AttackKind } from '../hostile/attack.ts';
import { allTargets } from '../load/targets.ts';
import { predictOutage } from '../predict.ts';
import { readClientCounts } from '../probes/client-tables.ts';
import { readProcessEnds } from '../probes/process-ends.ts';
import { findHolders } from '../../deploy/observe/virtual-address.ts';
import type { FaultGuarantee } from './guarantee.ts';

/** Minimum duration of an attack: four times the time that the site waits for a request. */
const HOLD_MS = 20_000;

const CLAIMS: Readonly<Record<AttackKind, string>> = {
  'idle-connections': 'A thousand idle connections of one client do not affect other clients.',
  'slow-headers': 'Requests of one client whose headers never end do not affect other clients.',
  'slow-bodies': 'Requests of one client whose bodies never end do not affect other clients.',
  'slow-readers': 'A client that reads no responses does not affect other clients.',
  'http2-streams': 'Unfinished, unread and reset HTTP/2 streams of one client do not affect other clients.',
  'connection-rate': 'A client that opens connections as fast as it can does not affect other clients.',
  'cache-busting': 'A client that asks for what no cache has does not affect other clients.',
};

/** No single client can make the site unavailable for others. Each kind of attack targets an edge and the virtual IP (HTTP and TLS) at the same time. */
export const ABUSE_GUARANTEES: readonly FaultGuarantee[] = ATTACKS.map(abuseGuarantee);

function abuseGuarantee(attack: AttackKind): FaultGuarantee {
  return {
    id: `abuse/${attack}`,
    claim: CLAIMS[attack],
    budgets: [
      // A failed request counts as slower than any other, so a failure ratio above 1 % exceeds this budget, too.
      { kind: 'latency', of: REQUEST_KINDS, quantile: 0.99, mostMs: 1_000 },
      { kind: 'lost-writes', most: 0 },
      { kind: 'redundancy', withinMs: 10_000 },
    ],
    alerts: {
      mustDeliver: [{ alertname: 'ClientLimitExceeded', ofTarget: true }],
      mayDeliver: [],
      deliverWithinMs: 60_000,
      resolveWithinMs: 60_000,
    },
    holdMs: HOLD_MS,
    predict: ({ profile }) => predictOutage('abuse', profile),
    choose: async (world) => {
      const attacked = await findEntries(world);
      const hosts = [...new Set(attacked.map(({ host }) => host))];
      return {
        fault: hostileClient(attack, attacked),
        why: `${attacked.map(({ name, host }) => (name === host ? host : `${name} on ${host}`)).join(', ')}; honest clients have other addresses`,
        redundancy: [await noProcessEnded(world, hosts), noAttackLeft(hosts)],
      };
    },
  };
}

/** The first edge, and the virtual IP over both protocols. */
export async function findEntries(world: StackContext): Promise<readonly AttackedEntry[]> {
  const [edge] = hostsOf(world.topology, 'edge');
  const entries = await findAllEntries(world);
  return entries.filter(({ name, host }) => name !== host || name === edge?.name);
}

/** Every edge, and the virtual IP over both protocols on the load balancer that owns it. The names are those of the targets of `load`. */
export async function findAllEntries(world: StackContext): Promise<readonly AttackedEntry[]> {
  const { topology } = world;
  const { address } = topology.virtualAddresses.front;
  const holders = await findHolders(world, address);
  const [holder] = holders;
  if (holder === undefined || holders.length > 1)
    throw new HoldfastError(
      'stack-not-healthy',
      `The virtual IP ${address} has ${holders.length === 0 ? 'no owner' : `several owners: ${holders.join(', ')}`}.`,
    );
  const edges = new Set(hostsOf(topology, 'edge').map(({ name }) => name));
  return allTargets(topology).map(({ name, url }) => ({ name, url, host: edges.has(name) ? name : holder }));
}

async function noProcessEnded(world: StackContext, hosts: readonly string[]): Promise<Redundancy> {
  const before = await Promise.all(hosts.map((host) => readProcessEnds(world, host)));
  return {
    what: 'no process has ended',
    observe: async () => {
      const after = await Promise.all(hosts.map((host) => readProcessEnds(world, host)));
      const ended = hosts.flatMap((host, index) =>
        Object.entries(after[index] ?? {})
          .filter(([service, count]) => count > (before[index]?.[service] ?? 0))
          .map(([service]) => `${service} on ${host}`),
      );
      return {
        seen: ended.length === 0,
        text: ended.length === 0 ? `no process of ${hosts.join(', ')} has ended` : `${ended.join(', ')} ended`,
      };
    },
  };
}

function noAttackLeft(hosts: readonly string[]): Redundancy {
  return {
    what: 'nothing is left of the attack',
    observe: async (world) => {
      const counts = await Promise.all(hosts.map((host) => readClientCounts(world, host, HOSTILE_ADDRESS)));
      const left = counts.map(({ connections, requests, responses }) => connections + requests + responses);
      return {
        seen: left.every((count) => count === 0),
        text: hosts
          .map((host, index) => `${left[index] ?? 0} connections and requests of the attacker at ${host}`)
          .join(', '),
      };
    },
  };
}
