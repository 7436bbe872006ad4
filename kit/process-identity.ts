import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process, told apart from a later one that got the same number. */
export const processIdentitySchema = z.strictObject({
  pid: z.int().positive(),
  /** Clock ticks between boot and its start: field 22 of `/proc/<pid>/stat`. */
  startTicks: z.string().regex(/^\d+$/),
  /** Boot of the machine: after a reboot, ticks and numbers begin anew. */
  bootId: z.string(),
});

export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Who is `pid` now? Undefined when no such process runs; a zombie, which can undo nothing any more, does not. */
export function identifyProcess(pid: number, procfs = '/proc'): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`${procfs}/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[18];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  return { pid, startTicks, bootId: readFileSync(`${procfs}/sys/kernel/random/boot_id`, 'utf8').trim() };
}

/** Whether exactly this process still runs. */
export function processRuns(identity: ProcessIdentity, procfs = '/proc'): boolean {
  const now = identifyProcess(identity.pid, procfs);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** The process that asks. */
export function ownIdentity(): ProcessIdentity {
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('this machine has no /proc');
  return identity;
}
