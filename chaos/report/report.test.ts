import { readFile, mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { lbActiveCrash } from '../guarantees/spof.ts';
import { judgeExperiment } from '../runner/judge-experiment.ts';
import type { GuaranteeOutcome, ProveOutcome } from '../runner/outcome.ts';
import { evidence, requests, T0 } from '../runner/test-evidence.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';
import { renderJunit } from './render-junit.ts';
import { renderReport } from './render-report.ts';
import { renderTable } from './render-table.ts';
import { writeReport } from './write-report.ts';

const topology = makeTopology();
const prediction = lbActiveCrash.predict(topology);
const context = { topology, prediction, startedAt: T0 - 9_000, endedAt: T0 + 60_000 };
const held = judgeExperiment(lbActiveCrash, evidence(), context);
const nasty = `<script>alert("x")</script> & ']]> \u0000\u001b[31m`;
const violated = judgeExperiment(
  lbActiveCrash,
  evidence({
    records: requests((offset) => (offset >= 0 && offset < 2_000 ? { ok: false, status: 0, error: nasty } : {})),
    timeline: [{ t: T0, kind: 'fault', text: nasty }],
    changeSteps: [{ at: T0, host: nasty, step: 'drain' }],
  }),
  context,
);
const unknown: GuaranteeOutcome = {
  ...{ id: 'spof/x', claim: nasty, verdict: 'unknown', reasons: [nasty], budgets: [], prediction },
  startedAt: T0,
  endedAt: T0,
};
const outcome: ProveOutcome = {
  ...{ verdict: 'violated', startedAt: T0, endedAt: T0 + 180_000 },
  guarantees: [held, violated, unknown],
};

/** Fails on markup that is not well-formed: an unclosed or misnested element, a raw `<`, `>` or `&`, a forbidden character. */
function checkWellFormed(markup: string, voidElements: readonly string[] = []): void {
  const open: string[] = [];
  const text = markup
    .replace(/^<\?xml[^>]*\?>/, '')
    .replace(/^<!doctype html>/, '')
    .replaceAll(/<style>[^<]*<\/style>/g, '');
  const tag = /<(\/?)([a-zA-Z][\w-]*)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g;
  for (const [, close, name = '', self] of text.matchAll(tag)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else if (self === '' && !voidElements.includes(name)) open.push(name);
  }
  const rest = text.replaceAll(tag, '');
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
  // eslint-disable-next-line no-control-regex
  expect(markup).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
}

describe('escaping', () => {
  it('makes any text safe in markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        checkWellFormed(`<a b="${escapeMarkup(text)}">${escapeMarkup(text)}</a>`);
      }),
      { numRuns: 40 },
    );
  }, 30_000);
});

describe('the JUnit file', () => {
  const xml = renderJunit(outcome);

  it('is well-formed with hostile texts', () => {
    checkWellFormed(xml);
  });

  it('has a case per guarantee and per budget, violated as failure and unknown as error', () => {
    const cases = 3 + held.budgets.length + violated.budgets.length;
    expect(xml.match(/<testcase /g)).toHaveLength(cases);
    const failures = 1 + violated.budgets.filter(({ verdict }) => verdict === 'violated').length;
    expect(xml.match(/<failure /g)).toHaveLength(failures);
    expect(xml).toContain(`tests="${cases}" failures="${failures}" errors="1"`);
  });
});

describe('the page', () => {
  const html = renderReport(outcome);

  it('is well-formed with hostile texts', () => {
    checkWellFormed(html, ['meta']);
    expect(html).not.toContain('<script');
  });

  it('has no external resources', () => {
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(html).not.toMatch(/url\((?!#)|@import|https?:/);
  });

  it('shows budgets with measurements and predictions, the fault, and the ledger', () => {
    expect(html).toContain('class="faultband"');
    expect(html).toMatch(/longest outage<\/td><td>2\.00\ss, 200 failed/);
    expect(html).toContain('predicted');
    expect(html).toContain('db3: 100 stored, 0 missing');
  });
});

describe('the table', () => {
  it('has a line per budget and the reasons of verdicts other than held', () => {
    const table = renderTable(outcome, { colour: false });
    expect(table).toContain('held      spof/lb-active-crash');
    expect(table).toMatch(/violated {2}longest outage .*≤ 1\.00 s \(aim 500 ms\) +predicted/);
    expect(table.split('\n').at(-1)).toMatch(/^violated {2}1 held, 1 violated, 1 unknown in 180\.0 s$/);
  });
});

describe('writing the report', () => {
  it('writes all four files and points latest to them, also when it is repeated', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-report-'));
    try {
      const page = await writeReport(outcome, folder);
      expect(await writeReport(outcome, folder)).toBe(page);
      expect(join(folder, await readlink(join(folder, 'latest')), 'report.html')).toBe(page);
      const result = JSON.parse(await readFile(join(folder, 'latest', 'result.json'), 'utf8')) as ProveOutcome;
      expect(result.verdict).toBe('violated');
      expect(await readFile(join(folder, 'latest', 'junit.xml'), 'utf8')).toBe(renderJunit(outcome));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
