import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { z } from 'zod';
import { ROOT, STATE } from './kit/paths.ts';

/** What of vitest's JSON report is needed to count. */
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  success: z.boolean(),
});

/** Runs lint, types and tests, and prints `N passed, N failed` last. The tests on the stack bring it up themselves. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { unit: { type: 'boolean', default: false } } });
  const lint = await run('npm', ['run', '--silent', 'lint']);
  const report = join(STATE, 'test-report.json');
  await rm(report, { force: true });
  const projects = values.unit ? ['unit'] : ['unit', 'stack'];
  const tests = await run(join(ROOT, 'node_modules', '.bin', 'vitest'), [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const counted = Report.parse(JSON.parse(await readFile(report, 'utf8')));
  // Lint counts as a test; a file that could not even be loaded counts as one failure.
  const unloaded = counted.success || counted.numFailedTests > 0 ? 0 : counted.numFailedTestSuites;
  const failed = counted.numFailedTests + unloaded + (lint ? 0 : 1);
  const passed = counted.numPassedTests + (lint ? 1 : 0);
  const skipped = counted.numPendingTests > 0 ? `, ${counted.numPendingTests} skipped` : '';
  console.log(`${passed} passed, ${failed} failed${skipped}`);
  process.exitCode = tests && lint && failed === 0 ? 0 : 1;
}

async function run(command: string, args: readonly string[]): Promise<boolean> {
  const { exitCode } = await execa(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    reject: false,
    preferLocal: true,
    localDir: ROOT,
  });
  return exitCode === 0;
}

await main();
