import { readFile } from 'node:fs/promises';

/** `/proc/stat` has hundredths of a second (USER_HZ), independent of the kernel's timer frequency. */
const TICKS_PER_SECOND = 100;

/**
 * Steal time since boot, in CPU seconds: this machine was ready to run, and its hypervisor ran other machines. On a shared machine it affects slow
 * requests more than the stack does, so it is reported next to latencies. 0 if it is not available.
 */
export async function readSteal(): Promise<number> {
  return parseSteal(await readFile('/proc/stat', 'utf8').catch(() => ''));
}

/** The eighth number of the line `cpu`: see proc_stat(5). */
export function parseSteal(text: string): number {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  return Number(fields[7] ?? 0) / TICKS_PER_SECOND;
}
