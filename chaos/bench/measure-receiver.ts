import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { ROOT } from '../../kit/paths.ts';
import type { Figure } from './figure.ts';

/** 20,000 lines each second on one core. */
const MOST_MICROSECONDS_PER_LINE = 50;
const LOAD = { rate: 20_000, seconds: 5 } as const;
const KINDS = ['nginx', 'haproxy'] as const;

const schema = z.strictObject({ sent: z.number(), taken: z.number(), microseconds: z.number() });

interface Options {
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * CPU time for receiving an access-log line, measured in a separate process on this machine. NaN if lines were lost, because lost lines cost no CPU time.
 * Throws when the process fails.
 */
export async function measureReceiver({ signal, report }: Options): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const kind of KINDS) {
    report(`lines of ${kind}: ${LOAD.seconds} s of ${LOAD.rate} each`);
    const program = join(ROOT, 'exporters/access-log/receiver.bench.ts');
    const load = ['--rate', String(LOAD.rate), '--seconds', String(LOAD.seconds)];
    const { stdout } = await execa(process.execPath, [program, '--json', ...load, '--of', kind], {
      cancelSignal: signal,
    });
    const { sent, taken, microseconds } = schema.parse(JSON.parse(stdout));
    figures.push({
      what: `CPU of a line of the access log of ${kind} (at 50, a core takes 20,000/s)`,
      measured: sent === taken ? microseconds : Number.NaN,
      atMost: MOST_MICROSECONDS_PER_LINE,
      unit: 'µs',
    });
  }
  return figures;
}
