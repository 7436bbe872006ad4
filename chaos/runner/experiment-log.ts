import {
  publishExperiments,
  readExperimentRecords,
  RENEW_MS,
  writeExperimentRecords,
  type ExperimentRecord,
} from '../../deploy/change/experiment-records.ts';
import type { Topology } from '../../deploy/model/topology.ts';
import { messageOf } from '../../kit/errors.ts';
import { PATHS } from '../../kit/paths.ts';
import { ownIdentity } from '../../kit/process-identity.ts';
import type { Verdict } from '../../kit/verdict.ts';

interface LogOptions {
  readonly topology: Topology;
  /** Gets the reason when an experiment could not be recorded. */
  readonly onProblem: (line: string) => void;
  readonly path?: string;
}

/** The limit of the label `guarantee` of the metrics: the least recent ones are dropped. */
const MOST_RECORDS = 200;

/**
 * Records an experiment on disk and on the monitors, which expose it as `experiment_*`: its start before `work`, its verdict afterwards. An interrupted
 * experiment has no verdict. A failure to record is reported and changes no verdict. `work` may only reject when it was interrupted.
 */
export async function recordExperiment<T extends { readonly verdict: Verdict }>(
  { topology, onProblem, path = PATHS.experiments }: LogOptions,
  guarantee: string,
  work: () => Promise<T>,
): Promise<T> {
  let last: Promise<void> = Promise.resolve();
  // One after the other: two writers of one file would replace each other's draft.
  const next = (task: () => void | Promise<void>): Promise<void> =>
    (last = last.then(task).catch((error: unknown) => {
      onProblem(`the experiment is missing in the metrics: ${messageOf(error)}`);
    }));
  const save = (change: (record: ExperimentRecord) => ExperimentRecord): Promise<void> =>
    next(async () => {
      writeExperimentRecords(changeRecord(await readExperimentRecords(path), guarantee, change), path);
      await publishExperiments(topology, path);
    });
  await save((record) => ({ ...record, running: { since: new Date().toISOString(), owner: ownIdentity() } }));
  const renewal = setInterval(() => {
    void next(() => publishExperiments(topology, path));
  }, RENEW_MS);
  renewal.unref();
  try {
    const outcome = await work();
    clearInterval(renewal);
    await save((record) => ended(record, outcome.verdict));
    return outcome;
  } catch (error) {
    clearInterval(renewal);
    await save((record) => ({ ...record, running: undefined }));
    throw error;
  }
}

/** A record with one more ended experiment. */
function ended(record: ExperimentRecord, verdict: Verdict): ExperimentRecord {
  const runs = { ...record.runs, [verdict]: record.runs[verdict] + 1 };
  return { ...record, running: undefined, verdict, endedAt: new Date().toISOString(), runs };
}

/** Changes the record of one guarantee, or a new one. Sorted by the time of their last experiment, newest last. Pure. */
export function changeRecord(
  records: readonly ExperimentRecord[],
  guarantee: string,
  change: (record: ExperimentRecord) => ExperimentRecord,
): readonly ExperimentRecord[] {
  const fresh: ExperimentRecord = { guarantee, runs: { held: 0, violated: 0, unknown: 0 } };
  const own = records.find((one) => one.guarantee === guarantee) ?? fresh;
  return [...records.filter((one) => one.guarantee !== guarantee), change(own)].slice(-MOST_RECORDS);
}
