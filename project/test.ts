import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { z } from 'zod';
import { ROOT, STATE } from '../kit/paths.ts';

/** The counters of vitest's JSON report. */
const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  success: z.boolean(),
});

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs lint, types and tests, and prints `N passed, N failed` last. The integration tests start the stack themselves. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { unit: { type: 'boolean', default: false } } });
  // For two cores, checks without a stack run in parallel. ESLint takes as long as all other checks together.
  const counts = await Promise.all([
    lint('code'),
    lint('format', 'types', 'unused', 'modules', 'words'),
    runTests('unit'),
  ]);
  if (!values.unit) counts.push(await runTests('integration'));
  const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

/** Runs checks of the scripts `lint:…` one after the other. Each counts as one test. */
async function lint(...checks: readonly string[]): Promise<Count> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const check of checks) {
    const script = `lint:${check}`;
    const { exitCode, all } = await execa('npm', ['run', '--silent', script], { cwd: ROOT, reject: false, all: true });
    const clean = exitCode === 0;
    if (!clean) console.log(all);
    console.log(`${script}: ${clean ? 'clean' : 'FAILED'}`);
    count[clean ? 'passed' : 'failed'] += 1;
  }
  return count;
}

async function runTests(project: 'unit' | 'integration'): Promise<Count> {
  const report = join(STATE, `test-report-${project}.json`);
  await rm(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { exitCode } = await execa('vitest', ['run', '--project', project, ...reporters], {
    cwd: ROOT,
    stdio: 'inherit',
    reject: false,
    preferLocal: true,
    localDir: ROOT,
  });
  const text = await readFile(report, 'utf8').catch(() => undefined);
  // No report: the run ended before its first test, for example because the stack did not come up.
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const counted = reportSchema.parse(JSON.parse(text));
  // A file that could not even be loaded, and an error outside any test, count as one failure each.
  const unseen =
    counted.numFailedTests === 0 && (exitCode !== 0 || !counted.success) ? Math.max(1, counted.numFailedTestSuites) : 0;
  return { passed: counted.numPassedTests, failed: counted.numFailedTests + unseen, skipped: counted.numPendingTests };
}

await main();
