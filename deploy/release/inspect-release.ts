import { execa } from 'execa';
import { z } from 'zod';
import { HoldfastError } from '../../kit/errors.ts';
import type { Release } from '../stack/release-record.ts';

const samples = z.record(z.string(), z.unknown());

/** Output of deploy/tiers/app/check-release.ts in the image of a release. */
const outputSchema = z.object({
  configProblem: z.string().nullable(),
  migrations: z.array(z.object({ name: z.string(), text: z.string(), hasStep: z.boolean() })),
  /** URL paths of the static files that its pages use. */
  assets: z.array(z.string()),
  samples,
  problems: z.array(z.object({ severity: z.enum(['error', 'warning']), summary: z.string() })),
});

export type ReleaseDescription = Readonly<z.infer<typeof outputSchema>>;

const PROGRAM = 'deploy/tiers/app/check-release.ts';
const DEADLINE_MS = 60_000;

/**
 * Runs the release's own check in its image, without a network. `config`: the text of `app.json`. `other`: samples of the release that it runs beside.
 * Throws `release-refused` if the release has no such check, or if it failed.
 */
export async function inspectRelease(
  { version, tag }: Release,
  input: { readonly config: string; readonly other: ReleaseDescription['samples'] | null },
  signal: AbortSignal,
): Promise<ReleaseDescription> {
  const limits = ['--network=none', '--read-only', '--cap-drop=ALL', '--memory=256m', '--user=app'];
  const command = ['run', '--rm', '--interactive', ...limits, '--entrypoint=node', tag, PROGRAM];
  try {
    const { stdout } = await execa('docker', command, {
      input: JSON.stringify({ config: input.config, samples: input.other }),
      cancelSignal: signal,
      timeout: DEADLINE_MS,
    });
    return outputSchema.parse(JSON.parse(stdout));
  } catch (error) {
    signal.throwIfAborted();
    const isMissing = String(error).includes('Cannot find module');
    throw new HoldfastError(
      'release-refused',
      isMissing
        ? `Release ${version} is older than \`holdfast release\`: it has no ${PROGRAM}.`
        : `The release check of ${version} failed.`,
      {
        cause: error,
        fix: isMissing
          ? 'Release a later commit.'
          : 'Run it again with HOLDFAST_DEBUG=1 for the output of the check, and correct the commit.',
      },
    );
  }
}
