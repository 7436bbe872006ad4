import { HoldfastError } from '../../kit/errors.ts';
import type { RenderedFiles } from '../model/rendered-file.ts';
import type { Host, Topology } from '../model/topology.ts';
import { continueChange, hostsOfOperation, type Change } from './change-journal.ts';
import { undrainAll } from './drain.ts';
import { publishOperations, readDrains } from './drains.ts';
import { changeHosts, drainUntilUndrain, undrain, type DrainRollOptions } from './maintain.ts';
import { makePlan, isHalfChanged } from './plan.ts';
import { rollItem } from './roll-item.ts';
import { roll, type RollOptions } from './roll.ts';
import { howToEnd, runAgain, type ChangeOptions, type ChangeWork } from './run-change.ts';
import { up } from './up.ts';

interface ResumeOptions extends ChangeOptions, Pick<DrainRollOptions, 'silenceDrains'> {
  readonly files: RenderedFiles;
}

/** A rollout has a record of its own, which knows both releases. Throws `change-unfinished` with the commands that continue or return it. */
function refuseRelease({ what, operation }: Change): void {
  if (operation.kind !== 'release') return;
  throw new HoldfastError(
    'change-unfinished',
    `"${what}" is a rollout, which continues or returns by its own record.`,
    { fix: howToEnd({ what, operation }) },
  );
}

/** Completes an interrupted change: the rest of its hosts, and the one that was in hand. */
export async function resumeChange(change: Change, options: ResumeOptions): Promise<void> {
  refuseRelease(change);
  await runAgain(options, change, workOf(change, options));
}

function workOf({ operation, reason, done }: Change, { context, files, ...resume }: ResumeOptions): ChangeWork {
  const { topology } = context;
  const drained = resume.silenceDrains === undefined ? {} : { silenceDrains: resume.silenceDrains };
  switch (operation.kind) {
    case 'up':
      return async ({ signal, onProgress, ...hooks }) => {
        await up({ topology, files, isAtOnce: operation.atOnce, signal, onProgress, hooks });
      };
    case 'drain':
      return async (options) => {
        const host = hostNamed(topology, operation.host);
        const { until } = operation;
        const plan = { reason, ...(until === undefined ? {} : { until }) };
        if (host !== undefined) await drainUntilUndrain({ ...options, ...drained }, host, plan);
      };
    case 'undrain':
      return async (options) => {
        const host = hostNamed(topology, operation.host);
        if (host !== undefined) await undrain({ ...options, ...drained }, host);
      };
    case 'restart':
    case 'replace':
      return async (options) => {
        const hosts = operation.hosts
          .filter((name) => !done.includes(name))
          .flatMap((name) => hostNamed(topology, name) ?? []);
        await changeHosts(options, { hosts, reason, files, how: operation.kind });
        await undrainAll(context);
      };
    // The server has made the statement completely, or not at all.
    case 'schema':
    case 'switch':
    case 'release':
      return (options) => finishHalfChanged(options, files);
  }
}

/**
 * Ends an interrupted change: hosts that it drained serve again, and the host in hand is completed, because its old state is lost. Other hosts stay as
 * they are.
 */
export async function abortChange(
  change: Change,
  { context, signal, onProgress, files, silenceDrains }: ResumeOptions,
): Promise<void> {
  refuseRelease(change);
  const open = continueChange(change);
  // First the host in hand: a program that the killed process had started may still be stopping it, so that it must stay drained.
  await finishHalfChanged({ context, signal, onProgress }, files, hostsOfOperation(change.operation));
  await undrainAll(context);
  const { operation } = change;
  const isNewDrain = operation.kind === 'drain' && operation.isReplan !== true;
  if (isNewDrain && (await readDrains(context.topology)).has(operation.host)) {
    const host = hostNamed(context.topology, operation.host);
    if (host !== undefined) await undrain({ context, signal, onProgress }, host);
  }
  // The killed process may have ended a drain without ending its silence.
  await silenceDrains?.();
  open.end('aborted');
  await publishOperations(context.topology);
}

/** Replaces the hosts whose change was interrupted. `names`: only these; empty: all. */
async function finishHalfChanged(
  options: RollOptions,
  files: RenderedFiles,
  names: readonly string[] = [],
): Promise<void> {
  const plan = await makePlan(options.context.topology, files, options.context.hosts);
  const half = plan.filter(
    (planned) => isHalfChanged(planned) && (names.length === 0 || names.includes(planned.host.name)),
  );
  await roll(half.map(rollItem), options);
}

function hostNamed({ hosts }: Topology, name: string): Host | undefined {
  return hosts.find((host) => host.enabled && host.name === name);
}
