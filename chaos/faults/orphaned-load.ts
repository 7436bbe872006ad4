import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import { loadContainerName } from '../load/container.ts';
import type { UndoMethod } from './fault.ts';

export const loadUndo = z.strictObject({
  kind: z.literal('load'),
  runId: z.string().regex(/^[a-zA-Z0-9-]+$/),
});

type LoadUndo = z.infer<typeof loadUndo>;

/** From `docker run` until its container is listed, on a busy machine. */
const STARTING_MS = 3_000;

/** A load is no fault, but it outlives a killed runner too, and its address is taken until it ends. */
export const undoLoad: UndoMethod<LoadUndo> = {
  undo: async (_world, { runId }) => {
    const name = loadContainerName(runId);
    // The `docker run` of a runner that is killed goes on: its container may only be about to exist.
    if (!(await exists(name))) await sleep(STARTING_MS);
    await execa('docker', ['rm', '--force', name], { reject: false });
  },
  probeClear: async (_world, { runId }) => {
    const name = loadContainerName(runId);
    return (await exists(name))
      ? { seen: false, text: `${name} is still running` }
      : { seen: true, text: `${name} is removed` };
  },
};

/** Throws `docker` when the engine cannot say. */
async function exists(name: string): Promise<boolean> {
  const { stdout, exitCode, stderr } = await execa('docker', ['ps', '--all', '--quiet', '--filter', `name=^${name}$`], {
    reject: false,
  });
  if (exitCode !== 0) throw new HoldfastError('docker', `Could not check whether ${name} is running: ${stderr}`);
  return stdout !== '';
}
