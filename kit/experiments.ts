import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What is known about the experiments of one guarantee; fields that a program does not know are ignored. */
export const experimentSchema = z.object({
  guarantee: z.string(),
  /** Verdict of the last experiment that ended by itself; missing if there was none. */
  verdict: z.enum(['held', 'violated', 'unknown']).optional(),
  /** End of that experiment, ISO 8601. */
  endedAt: z.string().optional(),
  /** Ended experiments by verdict. */
  runs: z.object({ held: z.int(), violated: z.int(), unknown: z.int() }),
  /** Both ISO 8601. `prove` renews `until` while it runs: after that time its process has ended, whatever the file says. */
  running: z.object({ since: z.string(), until: z.string() }).optional(),
});

export type Experiment = Readonly<z.infer<typeof experimentSchema>>;

const experimentsSchema = z.object({ experiments: z.array(experimentSchema).readonly() });

/** The name of the file in the configuration folder of a monitor, which exposes it as metrics. */
export const EXPERIMENTS = 'experiments.json';

/** Reads the file of a monitor. A missing file means that there was no experiment. Throws if it is not valid. */
export async function readExperiments(path: string): Promise<readonly Experiment[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return experimentsSchema.parse(JSON.parse(text)).experiments;
}

/** The text of the file. */
export function renderExperiments(experiments: readonly Experiment[]): string {
  return `${JSON.stringify({ experiments }, undefined, 2)}\n`;
}
