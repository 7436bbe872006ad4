import { z } from 'zod';
import { undoSchema } from '../faults/undo.ts';
import { processIdentitySchema } from '../../kit/process-identity.ts';

/** What is on disk of a fault before it is injected, and until it was seen to be gone. */
export const faultRecordSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  kind: z.string(),
  description: z.string(),
  hosts: z.array(z.string()),
  undo: undoSchema,
  injectedBy: processIdentitySchema,
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** From then on anybody undoes it, whether its owner lives or not. Milliseconds since the epoch. */
  deadlineAt: z.number(),
  /** `planned`: on disk, perhaps in the world; `injected`: surely in the world. */
  state: z.enum(['planned', 'injected']),
});

export type FaultRecord = z.infer<typeof faultRecordSchema>;
