import { z } from 'zod';
import { undoSchema } from '../faults/undo.ts';
import { processIdentitySchema } from '../../kit/process-identity.ts';

/** The journal entry of a fault: on disk from before the injection until the clear probe has confirmed the revert. */
export const faultRecordSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  kind: z.string(),
  description: z.string(),
  hosts: z.array(z.string()),
  undo: undoSchema,
  injectedBy: processIdentitySchema,
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** End of the lease: from then on any process may revert the fault, even if its owner still runs. Milliseconds since the epoch. */
  deadlineAt: z.number(),
  /** `planned`: the fault may be in place; `injected`: it is in place. */
  state: z.enum(['planned', 'injected']),
});

export type FaultRecord = z.infer<typeof faultRecordSchema>;
