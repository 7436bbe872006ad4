import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import { addressOn, PORTS, slotsOf, type Topology } from '../../deploy/model/topology.ts';
import { readerMaxAgeMs } from '../../deploy/model/profile.ts';
import type { RouteLimits } from './decide-routes.ts';

/** A database node as the agent reaches it. */
export interface Node {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

interface Listen {
  readonly host: string;
  readonly port: number;
}

/** What the agent needs to know; from the topology, where the environment does not say otherwise. */
export interface Settings {
  /** The host it runs on. */
  readonly host: string;
  readonly nodes: readonly Node[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly mendAfterMs: number;
  readonly limits: RouteLimits;
  readonly check: Listen;
  readonly metrics: Listen;
  readonly passwordFile: string;
  readonly authorityFile: string;
  readonly recordFile: string;
  /** Where HAProxy takes commands. */
  readonly haproxySocket: string;
}

const listen = z
  .string()
  .regex(/^[^:]+:\d+$/, 'ADDRESS:PORT')
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(':')),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  }));

const environment = z.object({
  HOLDFAST_HOST: z.string().min(1),
  /** `db1=198.51.100.1:3306,…`: the nodes, where they are not at the topology's addresses. */
  HOLDFAST_DB_NODES: z
    .string()
    .regex(/^\w+=[^:,]+:\d+(,\w+=[^:,]+:\d+)*$/, 'NAME=ADDRESS:PORT,…')
    .optional(),
  HOLDFAST_DB_AGENT_PASSWORD_FILE: z.string().default('/run/holdfast/secrets/db-agent-password'),
  HOLDFAST_CA_FILE: z.string().default('/run/holdfast/secrets/ca-cert'),
  HOLDFAST_DB_VIEW_FILE: z.string().default('/var/lib/holdfast/db-view.json'),
  HOLDFAST_HAPROXY_SOCKET: z.string().default('/run/haproxy-roles/socket'),
  HOLDFAST_ROLE_CHECK: listen.optional(),
  HOLDFAST_ROLE_METRICS: listen.optional(),
});

/** Reads the agent's settings. Throws `invalid-topology` when the environment cannot be understood or names an unknown host. */
export function parseSettings(topology: Topology, env: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    throw new HoldfastError('invalid-topology', `the role agent's environment: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const given = parsed.data;
  const self = topology.hosts.find((host) => host.name === given.HOLDFAST_HOST);
  if (self === undefined) {
    throw new HoldfastError('invalid-topology', `HOLDFAST_HOST names no host: ${given.HOLDFAST_HOST}`);
  }
  const { role, groupSuspicionMs } = topology.profile;
  return {
    host: self.name,
    nodes: given.HOLDFAST_DB_NODES === undefined ? nodesOf(topology) : parseNodes(given.HOLDFAST_DB_NODES),
    intervalMs: role.intervalMs,
    timeoutMs: role.timeoutMs,
    mendAfterMs: role.mendAfterMs,
    limits: {
      // The group chooses no other primary before it suspects this one; a slow answer is no reason to cut every writer off.
      writerMaxAgeMs: groupSuspicionMs / 2,
      readerMaxAgeMs: readerMaxAgeMs(role),
      maxApplyQueue: role.maxApplyQueue,
      maxLagMs: role.maxLagMs,
    },
    check: given.HOLDFAST_ROLE_CHECK ?? { host: '127.0.0.1', port: PORTS.roleAgentCheck },
    metrics: given.HOLDFAST_ROLE_METRICS ?? { host: addressOn(self, 'ops'), port: PORTS.roleAgentMetrics },
    passwordFile: given.HOLDFAST_DB_AGENT_PASSWORD_FILE,
    authorityFile: given.HOLDFAST_CA_FILE,
    recordFile: given.HOLDFAST_DB_VIEW_FILE,
    haproxySocket: given.HOLDFAST_HAPROXY_SOCKET,
  };
}

function nodesOf(topology: Topology): readonly Node[] {
  return slotsOf(topology, 'db').map((host) => ({
    name: host.name,
    address: addressOn(host, 'data'),
    port: PORTS.mysql,
  }));
}

function parseNodes(text: string): readonly Node[] {
  return text.split(',').map((entry) => {
    const [name = '', place = ''] = entry.split('=');
    const [address = '', port] = place.split(':');
    return { name, address, port: Number(port) };
  });
}
