import { z } from 'zod';
import { loadContainerName } from '../load/container.ts';
import { containerExists, removeContainer } from './container.ts';
import type { UndoMethod } from './fault.ts';

export const loadUndo = z.strictObject({
  kind: z.literal('load'),
  runId: z.string().regex(/^[a-zA-Z0-9-]+$/),
});

type LoadUndo = z.infer<typeof loadUndo>;

/** Ends an orphaned load. Like a fault, a load outlives a killed runner, and it occupies its address until it ends. */
export const undoLoad: UndoMethod<LoadUndo> = {
  undo: (_world, { runId }) => removeContainer(loadContainerName(runId)),
  probeClear: async (_world, { runId }) => {
    const name = loadContainerName(runId);
    return (await containerExists(name))
      ? { seen: false, text: `${name} is still running` }
      : { seen: true, text: `${name} is removed` };
  },
};
