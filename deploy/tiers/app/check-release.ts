import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { MIGRATION_STEPS } from './boot/migration-steps.ts';
import { parseAppConfig } from './config.ts';
import { readManifest } from './web/read-manifest.ts';
import { checkSamples, samplesSchema, writeSamples } from './release/formats.ts';

const inputSchema = z.object({
  /** The text of `app.json` of the hosts. */
  config: z.string(),
  /** Samples of the release that runs beside this one; `null`: none are checked. */
  samples: samplesSchema.nullable(),
});

/**
 * `node deploy/tiers/app/check-release.ts <INPUT >OUTPUT`: describes this release as JSON, for `holdfast release`. It needs no network. The output has:
 * the problem of the configuration, or `null`; the migrations with their texts; the URL paths of the static files that its pages use; samples of the
 * formats that releases share; problems with the samples of the other release. Later releases may add fields, and must keep these.
 */
async function main(): Promise<void> {
  const { config, samples } = inputSchema.parse(JSON.parse(await text(process.stdin)));
  const folder = join(import.meta.dirname, 'migrations');
  const migrations = await Promise.all(
    (await readdir(folder)).toSorted().map(async (name) => ({
      ...{ name, text: await readFile(join(folder, name), 'utf8') },
      hasStep: name in MIGRATION_STEPS,
    })),
  );
  const output = {
    configProblem: problemOf(config),
    migrations,
    assets: Object.values(readManifest(import.meta.dirname)),
    samples: await writeSamples(),
    problems: samples === null ? [] : await checkSamples(samples),
  };
  process.stdout.write(`${JSON.stringify(output)}\n`);
}

function problemOf(config: string): string | null {
  try {
    parseAppConfig(config);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

await main();
