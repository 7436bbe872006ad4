import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readExperiments } from '../../kit/experiments.ts';
import { readOperations, type Operations } from '../../kit/operations.ts';
import { OPERATIONS } from '../catalog/operations.ts';
import type { Exporter, Sink } from '../kit/exporter.ts';

/** Files in the configuration folder of the monitor itself, which commands replace at any time. */
export interface OperationsFiles {
  readonly operationsFile: string;
  readonly experimentsFile: string;
}

interface Session extends OperationsFiles, Disposable {}

const VERDICTS = ['held', 'violated', 'unknown'] as const;

/** ISO 8601 → seconds since 1970. */
const seconds = (time: string): number => Date.parse(time) / 1_000;

function emitRollout({ version, startedAt, endedAt, ended }: NonNullable<Operations['rollout']>, emit: Sink): void {
  const labels = { version };
  emit({ name: 'release_rolling', labels, value: Number(endedAt === undefined) });
  emit({ name: 'release_last_start_timestamp_seconds', labels, value: seconds(startedAt) });
  if (endedAt !== undefined)
    emit({ name: 'release_duration_seconds', labels, value: seconds(endedAt) - seconds(startedAt) });
  for (const [outcome, value] of Object.entries(ended)) {
    emit({ name: 'release_outcomes_total', labels: { outcome }, value });
  }
}

/** Reads what operators and `prove` do with the stack now. A file that does not exist yet means: nothing. */
export function makeOperationsExporter(now: () => number): Exporter<OperationsFiles, Session> {
  return {
    prefix: 'operations',
    metrics: OPERATIONS,
    open: async (files) => {
      await access(dirname(files.operationsFile), constants.R_OK | constants.X_OK);
      return { ...files, [Symbol.dispose]: () => undefined };
    },
    collectors: [
      {
        name: 'operations',
        collect: async ({ operationsFile }, emit) => {
          const { drains, change, rollout } = await readOperations(operationsFile);
          for (const { host: drained, kind, since, until } of drains) {
            const start = { name: 'maintenance_drain_start_timestamp_seconds', labels: { drained, kind } };
            emit({ ...start, value: seconds(since) });
            if (until === undefined) continue;
            const end = { name: 'maintenance_drain_end_timestamp_seconds', labels: { drained } };
            emit({ ...end, value: seconds(until) });
          }
          if (rollout !== undefined) emitRollout(rollout, emit);
          if (change === undefined) return;
          const labels = { what: change.what };
          emit({ name: 'maintenance_change_running', labels, value: 1 });
          emit({ name: 'maintenance_change_start_timestamp_seconds', labels, value: seconds(change.since) });
        },
      },
      {
        name: 'experiments',
        collect: async ({ experimentsFile }, emit) => {
          for (const { guarantee, verdict, endedAt, runs, running } of await readExperiments(experimentsFile)) {
            const isRunning = running !== undefined && Date.parse(running.until) > now();
            emit({ name: 'experiment_running', labels: { guarantee }, value: Number(isRunning) });
            for (const one of VERDICTS) {
              const labels = { guarantee, verdict: one };
              emit({ name: 'experiment_runs_total', labels, value: runs[one] });
              if (verdict !== undefined) emit({ name: 'experiment_verdict', labels, value: Number(one === verdict) });
            }
            if (endedAt === undefined) continue;
            const last = { name: 'experiment_last_run_timestamp_seconds', labels: { guarantee } };
            emit({ ...last, value: seconds(endedAt) });
          }
        },
      },
    ],
  };
}
