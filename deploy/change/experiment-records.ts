import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { HoldfastError, messageOf } from '../../kit/errors.ts';
import { EXPERIMENTS, experimentSchema, renderExperiments, type Experiment } from '../../kit/experiments.ts';
import { PATHS } from '../../kit/paths.ts';
import { processIdentitySchema, processRuns } from '../../kit/process-identity.ts';
import { hostsOf, type Topology } from '../model/topology.ts';
import { CONFIG, writeStateFile } from '../stack/host-files.ts';

const recordSchema = experimentSchema.extend({
  running: z.object({ since: z.string(), owner: processIdentitySchema }).optional(),
});

/** The record of the experiments of one guarantee: {@link Experiment} with the process that runs one now. */
export type ExperimentRecord = Readonly<z.infer<typeof recordSchema>>;

const recordsSchema = z.object({ experiments: z.array(recordSchema).readonly() });

/** After this time without a renewal, an experiment no longer runs. */
const LEASE_MS = 60_000;

/** How often `prove` publishes again while an experiment runs. */
export const RENEW_MS = LEASE_MS / 3;

/** The records, empty if there are none. Throws `unreadable-record` with the path of a file that is not valid. */
export async function readExperimentRecords(path: string = PATHS.experiments): Promise<readonly ExperimentRecord[]> {
  try {
    return recordsSchema.parse(JSON.parse(await readFile(path, 'utf8'))).experiments;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new HoldfastError('unreadable-record', `The experiments ${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
      fix: 'Move the file away: only the metrics of earlier experiments are lost.',
    });
  }
}

export function writeExperimentRecords(
  experiments: readonly ExperimentRecord[],
  path: string = PATHS.experiments,
): void {
  writeDurably(path, `${JSON.stringify({ experiments }, undefined, 2)}\n`);
}

/** The records as the monitors get them. A killed process runs no experiment. Pure except for the check of the process. */
export function publicExperiments(records: readonly ExperimentRecord[], nowMs: number): readonly Experiment[] {
  return records.map(({ running, ...record }) => {
    if (running === undefined || !processRuns(running.owner)) return record;
    return { ...record, running: { since: running.since, until: new Date(nowMs + LEASE_MS).toISOString() } };
  });
}

/** Gives the monitors the current records. Monitors that have no files yet are skipped. */
export async function publishExperiments(topology: Topology, path: string = PATHS.experiments): Promise<void> {
  const text = renderExperiments(publicExperiments(await readExperimentRecords(path), Date.now()));
  for (const host of hostsOf(topology, 'monitor')) {
    const exists = await stat(join(PATHS.hosts, host.name, CONFIG)).then(
      () => true,
      () => false,
    );
    if (exists) await writeStateFile(host, { path: `${CONFIG}/${EXPERIMENTS}`, text });
  }
}
