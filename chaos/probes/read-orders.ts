import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { hostsOf, type Host, type Topology } from '../../deploy/model/topology.ts';
import { messageOf } from '../../kit/errors.ts';
import type { ReadBack } from '../evidence/write-ledger.ts';
import { queryNode } from '../../deploy/observe/db-connection.ts';

const rowsSchema = z.array(z.object({ key: z.string(), id: z.coerce.string() }));

export interface OrdersReadBack {
  /** One for each node that could be read. */
  readonly readBacks: readonly ReadBack[];
  readonly problems: readonly string[];
}

/**
 * Reads all orders of a run directly from every database node, bypassing the application. Because of replication lag, it reads until all nodes have the
 * same number of orders, for `settleMs` at most (default 15 s). The judge evaluates any remaining difference.
 */
export async function readOrders(topology: Topology, runId: string, settleMs = 15_000): Promise<OrdersReadBack> {
  const endAt = Date.now() + settleMs;
  for (;;) {
    const readings = await Promise.all(hostsOf(topology, 'db').map((node) => readNode(node, runId)));
    const readBacks = readings.flatMap(({ readBack }) => (readBack === undefined ? [] : [readBack]));
    const problems = readings.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    const counts = new Set(readBacks.map(({ orders }) => orders.length));
    if ((problems.length === 0 && counts.size === 1) || Date.now() >= endAt) return { readBacks, problems };
    await sleep(500);
  }
}

async function readNode(node: Host, runId: string): Promise<{ readBack?: ReadBack; problem?: string }> {
  const sql = 'SELECT idempotency_key AS `key`, id FROM shop.orders WHERE idempotency_key LIKE ?';
  try {
    const rows = rowsSchema.parse(
      await queryNode(node, { user: 'audit', sql, values: [`${runId}-%`], timeoutMs: 10_000 }),
    );
    return { readBack: { node: node.name, orders: rows.map(({ key, id }) => ({ key, orderId: id })) } };
  } catch (error) {
    return { problem: `the orders on ${node.name} could not be read: ${messageOf(error)}` };
  }
}
