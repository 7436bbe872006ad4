import { readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second here, whatever its own clock. */
const TICKS_PER_SECOND = 100;

/**
 * Processor seconds since boot in which this machine wanted to run and its hypervisor ran others. On a shared machine they decide the slow
 * requests more than the stack does, so a latency is told with them. 0 where nobody counts them.
 */
export async function readSteal(): Promise<number> {
  return parseSteal(await readFile('/proc/stat', 'utf8').catch(() => ''));
}

/** The eighth number of the line `cpu`: see proc_stat(5). */
export function parseSteal(text: string): number {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  return Number(fields[7] ?? 0) / TICKS_PER_SECOND;
}
