import { z } from 'zod';
import { hostsOf, type Host, type Topology } from '../model/topology.ts';
import { queryNode } from '../observe/db-connection.ts';
import { readDrains } from './drains.ts';
import type { Candidate } from './choose-next-primary.ts';

const QUERY = `SELECT @@server_uuid AS id, s.COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE AS queue,
    (SELECT COALESCE(MAX(TIMESTAMPDIFF(MICROSECOND, LAST_APPLIED_TRANSACTION_ORIGINAL_COMMIT_TIMESTAMP,
        LAST_APPLIED_TRANSACTION_END_APPLY_TIMESTAMP)), 0) / 1000
      FROM performance_schema.replication_applier_status_by_worker
      WHERE CHANNEL_NAME = 'group_replication_applier' AND LAST_APPLIED_TRANSACTION <> '') AS lagMs
  FROM performance_schema.replication_group_members m
    JOIN performance_schema.replication_group_member_stats s ON s.MEMBER_ID = m.MEMBER_ID
  WHERE m.MEMBER_ID = @@server_uuid AND m.MEMBER_STATE = 'ONLINE' AND m.MEMBER_ROLE = 'SECONDARY'`;

const rowsSchema = z.array(z.object({ id: z.string(), queue: z.coerce.number(), lagMs: z.coerce.number() }));

/** The state of a node, if it is an ONLINE secondary. Throws `stack-not-healthy` if it does not respond. */
export async function readCandidate(host: Host): Promise<Candidate | undefined> {
  const [row] = rowsSchema.parse(await queryNode(host, { user: 'operator', sql: QUERY }));
  return row === undefined ? undefined : { node: host.name, ...row };
}

/** The ONLINE secondaries that respond. One that is drained is no candidate, because it is about to be stopped. */
export async function readCandidates(topology: Topology): Promise<readonly Candidate[]> {
  const drains = await readDrains(topology);
  const hosts = hostsOf(topology, 'db').filter(({ name }) => !drains.has(name));
  const read = await Promise.all(hosts.map((host) => readCandidate(host).catch(() => undefined)));
  return read.filter((candidate) => candidate !== undefined);
}
