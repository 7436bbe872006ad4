import { z } from 'zod';
import { hostsOf, type Topology } from '../model/topology.ts';
import { messageOf } from '../../kit/errors.ts';
import { queryNode } from './db-connection.ts';

/** State of a database node, as reported by that node. */
interface DbNode {
  readonly node: string;
  /** It reports itself as ONLINE. */
  readonly online: boolean;
  readonly primary: boolean;
  /** Number of members that it sees as ONLINE, including itself. */
  readonly sees: number;
  /** The error if it did not answer. */
  readonly problem?: string;
}

export interface DbGroup {
  readonly nodes: readonly DbNode[];
  /** The only node that reports itself as the primary and sees a majority. */
  readonly primary: string | undefined;
}

const rowsSchema = z.array(z.object({ state: z.string(), role: z.string(), sees: z.coerce.number() }));

const GROUP_QUERY = `SELECT own.MEMBER_STATE AS state, own.MEMBER_ROLE AS role,
    (SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE MEMBER_STATE = 'ONLINE') AS sees
  FROM performance_schema.replication_group_members AS own WHERE own.MEMBER_ID = @@server_uuid`;

/** Queries every database node directly. A node that does not answer is not ONLINE. */
export async function readDbGroup(topology: Topology): Promise<DbGroup> {
  const hosts = hostsOf(topology, 'db');
  const nodes = await Promise.all(
    hosts.map(async (host): Promise<DbNode> => {
      try {
        const [row] = rowsSchema.parse(await queryNode(host, { user: 'monitor', sql: GROUP_QUERY }));
        const online = row?.state === 'ONLINE';
        return { node: host.name, online, primary: online && row.role === 'PRIMARY', sees: row?.sees ?? 0 };
      } catch (error) {
        return { node: host.name, online: false, primary: false, sees: 0, problem: messageOf(error) };
      }
    }),
  );
  const primaries = nodes.filter(({ primary, sees }) => primary && sees > hosts.length / 2);
  return { nodes, primary: primaries.length === 1 ? primaries[0]?.node : undefined };
}
