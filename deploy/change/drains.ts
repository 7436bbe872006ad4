import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDurably, writeDurably } from '../../kit/durable-file.ts';
import { drainSchema, OPERATIONS, operationsSchema, type Drain } from '../../kit/operations.ts';
import { PATHS } from '../../kit/paths.ts';
import type { Topology } from '../model/topology.ts';
import { CONFIG, DRAINED, readHostFile, writeStateFile } from '../stack/host-files.ts';
import { readLastRollout } from '../stack/release-record.ts';
import { readOpenChange } from './change-journal.ts';

/** The drained hosts, with who drained each of them. Read from the folders of the hosts, so that they survive `up` and a restart of everything. */
export async function readDrains({ hosts }: Pick<Topology, 'hosts'>): Promise<ReadonlyMap<string, Drain>> {
  const drains = await Promise.all(
    hosts.map(async (host) => {
      const text = await readHostFile(host, DRAINED);
      return text === undefined ? [] : [[host.name, parseDrain(host.name, text)] as const];
    }),
  );
  return new Map(drains.flat());
}

/** Before drains had a reason, only changes drained hosts, and their file was empty. */
export function parseDrain(host: string, text: string): Drain {
  const parsed = text === '' ? undefined : drainSchema.parse(JSON.parse(text));
  return (
    parsed ?? { host, by: 'up', reason: 'an interrupted change', since: new Date(0).toISOString(), kind: 'change' }
  );
}

/** Records a drain before any server knows it, and publishes it to the hosts that apply it. */
export async function recordDrain(topology: Topology, drain: Drain): Promise<void> {
  const folder = join(PATHS.hosts, drain.host);
  await mkdir(folder, { recursive: true });
  writeDurably(join(folder, DRAINED), JSON.stringify(drain));
  await publishOperations(topology);
}

/** Removes the record of a drain, and publishes that. */
export async function forgetDrain(topology: Topology, host: string): Promise<void> {
  removeDurably(join(PATHS.hosts, host, DRAINED));
  await publishOperations(topology);
}

/**
 * Gives load balancers and monitors the current drains, the change in progress and the last rollout. A load balancer that is down reads them when it starts. Hosts that
 * have no files yet are skipped.
 */
export async function publishOperations(topology: Topology): Promise<void> {
  const drains = [...(await readDrains(topology)).values()];
  const [change, rollout] = await Promise.all([readOpenChange(), readLastRollout()]);
  const operations = operationsSchema.parse({
    drains,
    ...(change === undefined ? {} : { change }),
    ...(rollout === undefined ? {} : { rollout }),
  });
  const text = `${JSON.stringify(operations, undefined, 2)}\n`;
  for (const host of topology.hosts.filter(({ tier }) => tier === 'lb' || tier === 'monitor')) {
    const folder = join(PATHS.hosts, host.name, CONFIG);
    const exists = await stat(folder).then(
      () => true,
      () => false,
    );
    if (exists) await writeStateFile(host, { path: `${CONFIG}/${OPERATIONS}`, text });
  }
}
