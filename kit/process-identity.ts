import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process, distinguishable from a later one with the same process ID. */
export const processIdentitySchema = z.strictObject({
  pid: z.int().positive(),
  /** Clock ticks from boot to its start: field 22 of `/proc/<pid>/stat`. */
  startTicks: z.string().regex(/^\d+$/),
  /** Boot ID of the machine: after a reboot, ticks and process IDs start again. */
  bootId: z.string(),
});

export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** The identity of the current process `pid`; `undefined` if it does not run. A zombie counts as not running, because it cannot revert its faults. */
export function identifyProcess(pid: number, procfs = '/proc'): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`${procfs}/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program name in parentheses, which may contain spaces and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[18];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  return { pid, startTicks, bootId: readFileSync(`${procfs}/sys/kernel/random/boot_id`, 'utf8').trim() };
}

/** Whether this process still runs, and not another one with its process ID. */
export function processRuns(identity: ProcessIdentity, procfs = '/proc'): boolean {
  const now = identifyProcess(identity.pid, procfs);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('this machine has no /proc');
  return identity;
}
