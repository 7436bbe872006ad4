import type { Topology } from '../../deploy/model/topology.ts';
import type { AlertCase, ExpectedAlert, Series } from '../alert-case.ts';
import { burnPairs, countingWindowMs, type BurnPair } from './burn-windows.ts';
import { exampleSeries, type Stretch } from './example-series.ts';
import type { Slo } from './slo.ts';

/** Events per second at which ten failures are negligible. */
const BUSY = 200;
const NIGHT = BUSY / 20;

/**
 * Which tests an SLO has. `own`: which events it counts, and that it alerts. `arithmetic`: also the calculations of the rules, which are the same for
 * all SLOs of its kind. `windows`: also complete slow windows, which are the same for all SLOs.
 */
export type Extent = 'own' | 'arithmetic' | 'windows';

/** Cases of a fast burn: both pairs of windows, each while the other one is not exceeded. */
export function fastCases(topology: Topology, slo: Slo, extent: Extent): readonly AlertCase[] {
  const { first, budget, roundUp, countS, periodS } = numbersOf(topology, slo, 'fast');
  const healthy = (seconds: number): Stretch => ({ perSecond: BUSY, badShare: 0, seconds: roundUp(seconds) });
  const failing = (badShare: number, seconds: number): Stretch => ({ ...healthy(seconds), badShare });
  const before = healthy(first.longS);
  const outage = failing(1, first.longS + 3 * countS);
  // Exceeds the first pair, which needs a smaller part of the budget than the second one.
  const short = failing(60 * budget, first.longS / 2);
  return [
    makeCase(slo, { kind: 'fires', title: 'everything fails' }, [
      [before, { alerts: [] }],
      [
        outage,
        {
          alerts: [alert(slo, 1)],
          values: [
            [only(slo, 'slo:objective:ratio', `== ${slo.objective}`), 1],
            [only(slo, 'slo:events:rate', `== ${BUSY}`), 1],
            [`round(max(slo:burn_rate:ratio{slo="${slo.id}"}))`, Math.round(1 / budget)],
            [
              only(slo, 'slo:error_budget_left:ratio', `- ${1 - outage.seconds / (periodS * budget)} < bool 0.1 == 1`),
              1,
            ],
            [
              only(slo, 'slo:error_budget_left:ratio', `- ${1 - outage.seconds / (periodS * budget)} > bool -0.1 == 1`),
              1,
            ],
          ],
        },
      ],
    ]),
    makeCase(
      slo,
      {
        kind: 'resolves',
        title: 'after a short outage the short window recovers first, the long one later (first pair)',
      },
      [
        [before, { firing: 0 }],
        [short, { firing: 1 }],
        [healthy(3 * countS), { firing: 0, values: [[over(slo, first, 'long'), 1]] }],
      ],
    ),
    ...(extent === 'own' ? [] : fastArithmetic(topology, slo)),
    ...commonCases({ topology, slo, extent }, 'fast'),
  ];
}

function fastArithmetic(topology: Topology, slo: Slo): readonly AlertCase[] {
  const { first, second, budget, roundUp, countS } = numbersOf(topology, slo, 'fast');
  const healthy = (seconds: number): Stretch => ({ perSecond: BUSY, badShare: 0, seconds: roundUp(seconds) });
  const failing = (badShare: number, seconds: number): Stretch => ({ ...healthy(seconds), badShare });
  const before = healthy(first.longS);
  const outage = failing(1, first.longS + 3 * countS);
  const slower = failing(((first.factor + second.factor) / 2) * budget, 1.1 * second.longS);
  const forgotten = healthy(second.shortS + 3 * countS);
  return [
    makeCase(slo, { kind: 'fires', title: `${percent(slower.badShare)} fail for a long time (second pair)` }, [
      [failing(slower.badShare, 0.5 * second.longS), { alerts: [] }],
      [failing(slower.badShare, 0.6 * second.longS), { alerts: [alert(slo, slower.badShare)] }],
    ]),
    makeCase(
      slo,
      {
        kind: 'resolves',
        title: 'after a long outage the short windows recover first, the long ones later (second pair)',
      },
      [
        [before, { alerts: [] }],
        [outage, { alerts: [alert(slo, 1)] }],
        [forgotten, { alerts: [], values: [[over(slo, second, 'long'), 1]] }],
      ],
    ),
    makeCase(slo, { kind: 'quiet', title: 'the error ratio is below the limits of all pairs' }, [
      [failing(0.9 * second.factor * budget, 1.1 * second.longS), { alerts: [] }],
    ]),
    makeCase(slo, { kind: 'quiet', title: 'a spike exceeds the limit in the short window only' }, [
      [before, { alerts: [] }],
      [
        failing((0.4 * first.factor * budget * first.longS) / (3 * countS), 3 * countS),
        { alerts: [], values: [[over(slo, first, 'short'), 1]] },
      ],
      [healthy(second.shortS), { alerts: [] }],
    ]),
  ];
}

/** Cases of a slow burn. */
export function slowCases(topology: Topology, slo: Slo, extent: Extent): readonly AlertCase[] {
  const { first, second, countS, roundUp } = numbersOf(topology, slo, 'slow');
  const healthy = (seconds: number): Stretch => ({ perSecond: BUSY, badShare: 0, seconds: roundUp(seconds) });
  const outage = { ...healthy(first.shortS), badShare: 1 };
  const restart: Stretch = { ...healthy(second.shortS + 3 * countS), restarted: true };
  return [
    makeCase(slo, { kind: 'fires', title: 'everything fails' }, [
      [healthy(first.shortS), { alerts: [] }],
      [outage, { firing: 1 }],
    ]),
    makeCase(slo, { kind: 'resolves', title: 'everything failed and works again' }, [
      [outage, { firing: 1 }],
      [restart, { alerts: [] }],
    ]),
    ...(extent === 'windows' ? slowWindows(topology, slo) : []),
    ...commonCases({ topology, slo, extent }, 'slow'),
  ];
}

/** With constant traffic the second pair is exceeded whenever the first one is, so the first one is tested at night. */
function slowWindows(topology: Topology, slo: Slo): readonly AlertCase[] {
  const { first, second, budget, countS, roundUp } = numbersOf(topology, slo, 'slow');
  const evenly = (share: number, seconds: number): Stretch => ({
    perSecond: BUSY,
    badShare: share * budget,
    seconds: roundUp(seconds),
  });
  const nightly = 1.7 * first.factor * budget;
  return [
    makeCase(
      slo,
      { kind: 'fires', title: `${percent(nightly)} fail at night, after a busy day without failures (first pair)` },
      [
        [evenly(0, second.longS - first.longS), { alerts: [] }],
        [
          { perSecond: NIGHT, badShare: nightly, seconds: roundUp(1.05 * first.longS) },
          { alerts: [alert(slo, nightly)], values: [[over(slo, second, 'long'), 0]] },
        ],
        [evenly(0, first.shortS + 3 * countS), { alerts: [] }],
      ],
    ),
    makeCase(
      slo,
      {
        kind: 'resolves',
        title: 'errors slightly above the budget for a long time, then none (second pair)',
      },
      [
        [evenly(0.9 * second.factor, 1.02 * second.longS), { alerts: [] }],
        [evenly(0.9 * first.factor, 0.12 * second.longS), { firing: 1, values: [[over(slo, first, 'long'), 0]] }],
        [evenly(0, second.shortS + 3 * countS), { alerts: [], values: [[over(slo, second, 'long'), 1]] }],
      ],
    ),
  ];
}

interface Subject {
  readonly topology: Topology;
  readonly slo: Slo;
  readonly extent: Extent;
}

/** Cases of both urgencies. With the extent `own`, the counted events are tested with the fast alert only, which takes less time. */
function commonCases({ topology, slo, extent }: Subject, urgency: BurnPair['urgency']): readonly AlertCase[] {
  const { first, countS, roundUp } = numbersOf(topology, slo, urgency);
  const seconds = roundUp(urgency === 'fast' ? first.longS : first.shortS);
  const healthy: Stretch = { perSecond: BUSY, badShare: 0, seconds };
  const outage: Stretch = { ...healthy, badShare: 1, seconds: 2 * seconds };
  return [
    makeCase(slo, { kind: 'quiet', title: 'every one of very few requests fails' }, [
      [{ ...outage, perSecond: 3 / seconds }, { alerts: [] }],
    ]),
    {
      kind: 'absent',
      title: 'no events are counted',
      series: {},
      expect: [{ atS: outage.seconds, alerts: [] }],
      values: [{ atS: outage.seconds, expr: NO_RATIO, value: 0 }],
    },
    ...(extent === 'own' && urgency === 'slow' ? [] : countingCases({ topology, slo }, { healthy, outage })),
    ...(extent === 'own'
      ? []
      : [
          makeCase(slo, { kind: 'quiet', title: 'the counters restart' }, [
            [healthy, { alerts: [] }],
            [{ ...healthy, seconds: roundUp(countS), restarted: true }, { alerts: [] }],
            [healthy, { alerts: [] }],
          ]),
          makeCase(slo, { kind: 'quiet', title: 'the stack is starting', extraSeries: STARTING }, [
            [outage, { alerts: [], values: [[NO_RATIO, 0]] }],
          ]),
        ]),
  ];
}

const NO_RATIO = 'count(slo:error_ratio:window) or vector(0)';

/** Which events are counted and which are not. */
function countingCases(
  { topology, slo }: Omit<Subject, 'extent'>,
  { healthy, outage }: Readonly<Record<'healthy' | 'outage', Stretch>>,
): readonly AlertCase[] {
  const periodS = topology.profile.monitoring.budgetPeriodMs / 1000;
  const partial = exampleSeries(slo.sli, [{ ...healthy, seconds: outage.seconds }]).partial;
  return [
    makeCase(slo, { kind: 'quiet', title: 'no traffic, so no error ratio' }, [
      [
        { ...healthy, perSecond: 0 },
        { alerts: [], values: [[NO_RATIO, 0]] },
      ],
    ]),
    makeCase(slo, { kind: 'quiet', title: 'an error budget of less than one event is absent' }, [
      [
        { ...outage, perSecond: 0.5 / ((1 - slo.objective) * periodS) },
        { alerts: [], values: [[`count(slo:error_budget_left:ratio{slo="${slo.id}"}) or vector(0)`, 0]] },
      ],
    ]),
    slo.sli.kind === 'ratio'
      ? {
          kind: 'quiet',
          title: 'no failure was ever counted',
          series: partial,
          expect: [{ atS: outage.seconds, alerts: [] }],
        }
      : {
          // Events of unknown latency do not count as good.
          kind: 'fires',
          title: 'the bucket of good events is missing',
          series: partial,
          expect: [],
          firing: [{ atS: outage.seconds, count: 1 }],
        },
  ];
}

/** Startup grace period, longer than any case. */
const STARTING: Series = { 'holdfast:startup_grace': { stretches: [{ from: 1, perSecond: 0, seconds: 86_400 }] } };

/** Expected state after the last sample of a stretch and before the next one. */
interface Expectation {
  readonly alerts?: readonly ExpectedAlert[];
  /** Number of firing alerts, with any texts. */
  readonly firing?: number;
  readonly values?: readonly (readonly [expr: string, value: number])[];
}

function makeCase(
  slo: Slo,
  { extraSeries = {}, ...fields }: Pick<AlertCase, 'kind' | 'title'> & { readonly extraSeries?: Series },
  stretches: readonly (readonly [Stretch, Expectation])[],
): AlertCase {
  let endS = 0;
  const expected = stretches.map(([{ seconds }, then]) => ({ atS: (endS += seconds) - 1, ...then }));
  return {
    ...fields,
    series: {
      ...exampleSeries(
        slo.sli,
        stretches.map(([stretch]) => stretch),
      ).all,
      ...extraSeries,
    },
    expect: expected.flatMap((one) => (one.alerts === undefined ? [] : [{ atS: one.atS, alerts: one.alerts }])),
    firing: expected.flatMap((one) => (one.firing === undefined ? [] : [{ atS: one.atS, count: one.firing }])),
    values: expected.flatMap((one) => (one.values ?? []).map(([expr, value]) => ({ atS: one.atS, expr, value }))),
  };
}

/** 1 if the error ratio of this SLO in the window of a pair is above its limit, else 0. */
function over({ id, objective }: Slo, { factor }: { readonly factor: number }, span: 'long' | 'short'): string {
  const limit = Number((factor * (1 - objective)).toPrecision(6));
  return `count(slo:error_ratio:window{slo="${id}",pair="${factor}",span="${span}"} > ${limit}) or vector(0)`;
}

/** 1 if the comparison is true for a record of an SLO, else 0. */
function only(slo: Slo, record: string, compares: string): string {
  return `count(${record}{slo="${slo.id}"} ${compares}) or vector(0)`;
}

function alert(slo: Slo, ratio: number): ExpectedAlert {
  return { labels: { slo: slo.id }, value: percent(ratio) };
}

/** Formats a ratio like `humanizePercentage`. */
function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(4))}%`;
}

function numbersOf({ profile: { monitoring } }: Topology, slo: Slo, urgency: BurnPair['urgency']) {
  const inSeconds = burnPairs(monitoring)
    .filter((pair) => pair.urgency === urgency)
    .map(({ factor, longMs, shortMs }) => ({ factor, longS: longMs / 1000, shortS: shortMs / 1000 }));
  const [first, second] = inSeconds;
  if (first === undefined || second === undefined)
    throw new Error(`There must be two pairs of windows with the urgency ${urgency}`);
  const stepS = monitoring.sloIntervalMs / 1000;
  return {
    first,
    second,
    budget: 1 - slo.objective,
    periodS: monitoring.budgetPeriodMs / 1000,
    countS: countingWindowMs(monitoring) / 1000,
    /** Rounds seconds up to whole evaluation intervals. */
    roundUp: (seconds: number): number => Math.ceil(seconds / stepS) * stepS,
  };
}
