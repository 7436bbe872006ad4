import { describe, expect, it } from 'vitest';
import { makeTopology } from '../../deploy/model/topology.ts';
import { GUARANTEES } from '../guarantees/all-guarantees.ts';
import type { Guarantee } from '../guarantees/guarantee.ts';
import { lbActiveCrash } from '../guarantees/spof.ts';
import type { ExperimentEvidence } from './experiment-evidence.ts';
import { judgeExperiment } from './judge-experiment.ts';
import type { GuaranteeOutcome } from './outcome.ts';
import { evidence, request, requests, T0 } from './test-evidence.ts';

const topology = makeTopology();
const good = evidence();

function judge(seen: ExperimentEvidence, guarantee: Guarantee = lbActiveCrash): GuaranteeOutcome {
  return judgeExperiment(guarantee, seen, {
    topology,
    prediction: guarantee.predict(topology),
    startedAt: T0 - 20_000,
    endedAt: T0 + 60_000,
  });
}

function withId(id: string): Guarantee {
  const guarantee = GUARANTEES.find((candidate) => candidate.id === id);
  if (guarantee === undefined) throw new Error(id);
  // Alerts have separate tests.
  return { ...guarantee, alerts: { ...guarantee.alerts, mustDeliver: [], mayDeliver: ['LoadBalancerLost'] } };
}

describe('a guarantee', () => {
  it('is held, without reasons, when every budget and every alert check is held', () => {
    const outcome = judge(good);
    expect(outcome.reasons).toEqual([]);
    expect(outcome.verdict).toBe('held');
    expect(outcome.budgets.map(({ id }) => id)).toEqual([
      'longest-outage',
      'lost-writes',
      'alert-LoadBalancerLost',
      'resolved-LoadBalancerLost',
      'no-other-alert',
      'no-alert-doubled',
    ]);
  });

  it('has steal time as an additional reason only when it is not held', () => {
    const starved = { stolenCores: 0.12 };
    const hint = 'other virtual machines took 12 % of a core from this machine (steal), which slows all measurements';
    expect(judge({ ...good, ...starved }).reasons).toEqual([]);
    expect(judge({ ...good, ...starved, records: [] }).reasons).toContain(hint);
    expect(judge({ ...good, records: [] }).reasons).not.toContain(hint);
  });

  const doubtful: readonly (readonly [string, Partial<ExperimentEvidence>])[] = [
    [
      'a fault that was not proven to have taken effect',
      { fault: { ...good.fault, effect: { seen: false, text: 'lb1 still runs' } } },
    ],
    [
      'a fault whose revert was not confirmed',
      { fault: { ...good.fault, clear: { seen: false, text: 'lb1 does not run' } } },
    ],
    ['an unsteady baseline', { baseline: { seen: false, text: '3 failed' } }],
    ['a generator that did not keep its rate', { loadProblems: ['80 of 100 requests/s were sent'] }],
    ['records that end before the recovery', { phases: { ...good.phases, loadEndedAt: T0 + 16_000 } }],
    ['no records at all', { records: [] }],
    ['orders that were not read back', { readBacks: [] }],
    [
      'a database node that could not be read',
      { readBacks: good.readBacks.slice(1), readBackProblems: ['db1 is silent'] },
    ],
    [
      'a mailbox that could not be read',
      { alerts: { firing: [], delivered: [], problems: ['the mailbox is silent'] } },
    ],
  ];
  for (const [what, changes] of doubtful) {
    it(`is unknown with ${what}`, () => {
      const outcome = judge({ ...good, ...changes });
      expect(outcome.verdict).toBe('unknown');
      expect(outcome.reasons).not.toEqual([]);
    });
  }

  it('is unknown in every budget when the fault had no effect and caused no alert', () => {
    const fault = { ...good.fault, effect: { seen: false, text: 'lb1 still runs' } };
    const outcome = judge({ ...good, fault, alerts: { firing: [], delivered: [], problems: [] } });
    expect(new Set(outcome.budgets.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  it('stays violated when the effect of the fault was not proven', () => {
    const fault = { ...good.fault, effect: { seen: false, text: 'nothing happened' } };
    const records = requests((offset) =>
      offset >= 0 && offset < 3_000 ? { ok: false, status: 0, error: 'reset' } : {},
    );
    const outcome = judge({ ...good, fault, records });
    expect(outcome.verdict).toBe('violated');
  });

  it('is violated by an outage over its limit, and shows its duration', () => {
    const records = requests((offset) =>
      offset >= 0 && offset < 1_500 ? { ok: false, status: 0, error: 'reset' } : {},
    );
    const outcome = judge({ ...good, records });
    expect(outcome.verdict).toBe('violated');
    expect(outcome.budgets[0]).toMatchObject({ id: 'longest-outage', verdict: 'violated' });
    expect(outcome.budgets[0]?.measured).toMatch(/^1\.50 s, 150 failed/);
    expect(outcome.budgets[0]?.evidence[0]).toMatch(/^\+0\.000 s page on virtual-address .*FAILED reset/);
  });

  it('is violated by one acknowledged write that no node has', () => {
    const readBacks = good.readBacks.map(({ node, orders }) => ({ node, orders: orders.slice(1) }));
    const outcome = judge({ ...good, readBacks });
    expect(outcome.budgets.find(({ id }) => id === 'lost-writes')).toMatchObject({ verdict: 'violated' });
    expect(outcome.experiment?.ledger.lost).toEqual(['run-0']);
    expect(outcome.verdict).toBe('violated');
  });
});

describe('the budgets of each guarantee', () => {
  const failedOne = requests((offset) => (offset === 1_000 ? { ok: false, status: 503, error: 'status' } : {}));
  const slowed = (ms: number, kind: string): typeof failedOne =>
    requests((offset, record) => (offset >= 0 && offset < 10_000 && record.kind === kind ? { durationMs: ms } : {}));
  const table: readonly (readonly [string, string, Partial<ExperimentEvidence>, string, 'held' | 'violated'])[] = [
    ['spof/app-crash', 'one failed request', { records: failedOne }, 'failed-requests', 'violated'],
    ['spof/app-crash', 'slow requests', { records: slowed(900, 'page') }, 'failed-requests', 'held'],
    ['spof/db-primary-crash', 'writes that wait 8.5 s', { records: slowed(8_500, 'order') }, 'longest-writes', 'held'],
    [
      'spof/db-primary-crash',
      'writes that wait 9.5 s',
      { records: slowed(9_500, 'order') },
      'longest-writes',
      'violated',
    ],
    ['spof/db-primary-crash', 'reads that wait 2 s', { records: slowed(2_000, 'page') }, 'longest-reads', 'violated'],
    [
      'spof/db-primary-crash',
      'a node that needs 70 s to come back',
      { phases: { ...good.phases, redundantAt: good.phases.undoneAt + 70_000, loadEndedAt: T0 + 90_000 } },
      'full-redundancy',
      'violated',
    ],
    [
      'spof/db-primary-crash',
      'a node that never comes back',
      { phases: { ...good.phases, redundantAt: undefined } },
      'full-redundancy',
      'violated',
    ],
    ['dependency/cache-slow', 'pages of 280 ms', { records: slowed(280, 'page') }, 'latency-p99', 'held'],
    ['dependency/cache-slow', 'pages of 320 ms', { records: slowed(320, 'page') }, 'latency-p99', 'violated'],
    ['dependency/cache-down', 'one failed request', { records: failedOne }, 'failed-requests', 'violated'],
  ];
  for (const [id, what, changes, budget, verdict] of table) {
    it(`of ${id} are ${verdict} with ${what}`, () => {
      const outcome = judge({ ...good, ...changes }, withId(id));
      expect(outcome.budgets.find((candidate) => candidate.id === budget)).toMatchObject({ verdict });
      if (verdict === 'violated') expect(outcome.verdict).toBe('violated');
    });
  }

  it('are exactly the documented ones', () => {
    const budgets = Object.fromEntries(GUARANTEES.map((guarantee) => [guarantee.id, guarantee.budgets]));
    expect(budgets).toEqual({
      'spof/lb-active-crash': [
        { kind: 'outage', longestMs: 1_000, aimMs: 500 },
        { kind: 'lost-writes', most: 0 },
      ],
      'spof/app-crash': [
        { kind: 'failed', most: 0 },
        { kind: 'lost-writes', most: 0 },
      ],
      'spof/db-primary-crash': [
        { kind: 'failed', most: 0 },
        { kind: 'stall', of: 'reads', longestMs: 1_500 },
        { kind: 'stall', of: 'writes', longestMs: 9_000 },
        { kind: 'lost-writes', most: 0 },
        { kind: 'redundancy', withinMs: 60_000 },
      ],
      'dependency/cache-slow': [
        { kind: 'failed', most: 0 },
        { kind: 'latency', of: ['page', 'product'], quantile: 0.99, mostMs: 300 },
      ],
      'dependency/cache-down': [
        { kind: 'failed', most: 0 },
        { kind: 'latency', of: ['page', 'product'], quantile: 0.99, mostMs: 300 },
      ],
    });
  });

  it('exclude slow requests before and after the fault from the p99 during it', () => {
    const records = requests((offset) => (offset > 16_000 && offset < 26_000 ? { durationMs: 5_000 } : {}));
    const outcome = judge({ ...good, records }, withId('dependency/cache-slow'));
    expect(outcome.budgets.find(({ id }) => id === 'latency-p99')).toMatchObject({ verdict: 'held' });
  });
});

describe('a budget relative to the baseline', () => {
  const relative: Guarantee = {
    ...withId('dependency/cache-slow'),
    budgets: [{ kind: 'latency-ratio', of: ['page', 'product'], quantile: 0.99, ratio: 2, leastMs: 300 }],
  };
  // Two of four requests are of these kinds, so five seconds of baseline have too few of them to resolve a p99.
  const baselineAt = T0 - 10_000;
  const measure = (beforeMs: number, duringMs: number): GuaranteeOutcome => {
    const records = [
      ...requests((offset) => ({ durationMs: offset < 0 ? beforeMs : duringMs })),
      ...Array.from({ length: 500 }, (_, index) => request(-10_000 + index * 10, { durationMs: beforeMs })),
    ];
    return judge({ ...good, records, phases: { ...good.phases, baselineAt } }, relative);
  };

  it.each([
    { beforeMs: 20, duringMs: 290, verdict: 'held', limit: '≤ 300 ms (2 × baseline, at least 300 ms)' },
    { beforeMs: 20, duringMs: 310, verdict: 'violated', limit: '≤ 300 ms (2 × baseline, at least 300 ms)' },
    { beforeMs: 200, duringMs: 390, verdict: 'held', limit: '≤ 400 ms (2 × baseline, at least 300 ms)' },
    { beforeMs: 200, duringMs: 410, verdict: 'violated', limit: '≤ 400 ms (2 × baseline, at least 300 ms)' },
  ])('of $beforeMs ms: $duringMs ms are $verdict', ({ beforeMs, duringMs, verdict, limit }) => {
    expect(measure(beforeMs, duringMs).budgets[0]).toMatchObject({
      ...{ id: 'latency-ratio-p99', claim: 'p99 of page and product requests during the change' },
      ...{ verdict, measured: `${duringMs} ms of 750 requests, ${beforeMs} ms before`, limit },
    });
  });

  it('is unknown if a slow value has no baseline to compare it with', () => {
    const records = requests((offset) => ({ durationMs: offset < 0 ? 20 : 310 }));
    expect(judge({ ...good, records }, relative).budgets[0]).toMatchObject({
      verdict: 'unknown',
      measured: '310 ms of 750 requests, no baseline',
    });
  });
});
