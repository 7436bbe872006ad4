import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { HoldfastError } from '../../kit/errors.ts';
import { appCrash, lbActiveCrash } from '../guarantees/spof.ts';
import { watchGuarantees } from '../guarantees/watch.ts';
import { judgeExperiment } from '../runner/judge-experiment.ts';
import type { ProveOutcome } from '../runner/outcome.ts';
import type { ProveOptions } from '../runner/prove.ts';
import { evidence, T0 } from '../runner/test-evidence.ts';
import { type Reported, reportRun } from './report-run.ts';

const topology = makeTopology();
const guarantees = [lbActiveCrash, appCrash, ...watchGuarantees(topology).slice(0, 1)];
const held = judgeExperiment(lbActiveCrash, evidence(), {
  ...{ topology, prediction: lbActiveCrash.predict(topology), startedAt: T0, endedAt: T0 + 60_000 },
});
const interrupted = new HoldfastError('interrupted', 'Interrupted; every fault is reverted.');

let reports: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'holdfast-reports-'));
});
afterEach(() => {
  rmSync(reports, { recursive: true });
});

/** Reports a run that finishes the given guarantees and then returns or throws `end`; `undefined` is Ctrl-C. */
async function run(
  finished: readonly (typeof held)[],
  end: ProveOutcome | Error | undefined,
  folder = reports,
): Promise<{
  readonly interruptedReports: readonly Reported[];
  readonly progressLines: readonly string[];
  readonly result: unknown;
}> {
  const interruption = new AbortController();
  const interruptedReports: Reported[] = [];
  const progressLines: string[] = [];
  const result: unknown = await reportRun(
    {
      ...{ topology, guarantees, rate: 100, signal: interruption.signal },
      onProgress: (line) => progressLines.push(line),
      onInterrupted: (reported) => interruptedReports.push(reported),
    },
    {
      reports: folder,
      prove: ({ onOutcome }: ProveOptions) => {
        for (const outcome of finished) onOutcome?.(outcome);
        if (end instanceof Error) return Promise.reject(end);
        if (end !== undefined) return Promise.resolve(end);
        interruption.abort(interrupted);
        return Promise.reject(interrupted);
      },
    },
  ).catch((error: unknown) => error);
  return { interruptedReports, progressLines, result };
}

const latest = (name: string): string => readFileSync(join(reports, 'latest', name), 'utf8');

describe('a run that is interrupted', () => {
  it('writes a report of the finished guarantees, marked in every format, and ends as interrupted', async () => {
    const { interruptedReports, result } = await run([held], undefined);
    expect(result).toBe(interrupted);
    expect(interruptedReports).toHaveLength(1);
    const outcome = JSON.parse(latest('result.json')) as ProveOutcome;
    expect(outcome).toMatchObject({ verdict: 'unknown', interrupted: { finished: 1, of: 3 } });
    expect(outcome.guarantees.map(({ id, verdict, reasons }) => [id, verdict, ...reasons])).toEqual([
      [lbActiveCrash.id, 'held'],
      [appCrash.id, 'unknown', 'interrupted before the end of its experiment'],
      [guarantees[2]?.id, 'unknown', 'interrupted before its experiment'],
    ]);
    const marks = ['report.html', 'junit.xml', 'verdicts.txt'].map((name) => latest(name));
    for (const text of marks) expect(text).toContain('Interrupted: 1 of 3 guarantees were finished');
    expect(latest('junit.xml').match(/<error type="unknown"/g)).toHaveLength(2);
  });

  it('keeps the last report when no guarantee was finished', async () => {
    expect(await run([], undefined)).toMatchObject({ result: interrupted, interruptedReports: [] });
    expect(readdirSync(reports)).toEqual([]);
  });

  it('ends as interrupted, with a message, even if the report cannot be written', async () => {
    const { interruptedReports, progressLines, result } = await run([held], undefined, '/dev/null');
    expect(result).toBe(interrupted);
    expect(interruptedReports).toEqual([]);
    expect(progressLines).toEqual([expect.stringContaining('Could not write the report')]);
  });
});

describe('a run that is not interrupted', () => {
  it('has a report without that mark, and no report after an error', async () => {
    const whole: ProveOutcome = { verdict: 'held', startedAt: T0, endedAt: T0 + 60_000, guarantees: [held] };
    const { interruptedReports, result } = await run([held], whole);
    expect(result).toMatchObject({ outcome: whole, page: expect.stringContaining(reports) as string });
    expect(interruptedReports).toEqual([]);
    expect(latest('report.html')).not.toContain('Interrupted');
    rmSync(join(reports, 'latest'));
    const broken = new Error('the journal was removed');
    expect((await run([held], broken)).result).toBe(broken);
    expect(readdirSync(reports)).not.toContain('latest');
  });
});
