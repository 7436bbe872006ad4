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

/** A load is no fault, but it outlives a killed runner too, and its address is taken until it ends. */
export const undoLoad: UndoMethod<LoadUndo> = {
  undo: async (_world, { runId }) => {
    await execa('docker', ['rm', '--force', loadContainerName(runId)], { reject: false });
  },
  probeClear: async (_world, { runId }) => {
    const name = loadContainerName(runId);
    const { stdout, exitCode, stderr } = await execa(
      'docker',
      ['ps', '--all', '--quiet', '--filter', `name=^${name}$`],
      { reject: false },
    );
    if (exitCode !== 0) throw new HoldfastError('docker', `Could not check whether ${name} is running: ${stderr}`);
    return stdout === '' ? { seen: true, text: `${name} is gone` } : { seen: false, text: `${name} still runs` };
  },
};
