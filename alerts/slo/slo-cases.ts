import type { Topology } from '../../deploy/model/topology.ts';
import type { AlertCase, ExpectedAlert, Series } from '../alert-case.ts';
import { burnPairs, countingWindowMs, type BurnPair } from './burn-windows.ts';
import { exampleSeries, type Stretch } from './example-series.ts';
import type { Slo } from './slo.ts';

/** Events per second at which ten failures are nothing. */
const BUSY = 200;
const NIGHT = BUSY / 20;

/**
 * How much is shown of an objective. `own`: what it counts, and what comes of it. `arithmetic`: also what the rules make of that, which is the same for
 * every objective of its kind. `windows`: also slow windows from end to end, which are the same for every objective.
 */
export type Extent = 'own' | 'arithmetic' | 'windows';

/** What burns fast: both pairs of windows, each where the other one is not met. */
export function fastCases(topology: Topology, slo: Slo, extent: Extent): readonly AlertCase[] {
  const { first, budget, whole, countS, periodS } = numbersOf(topology, slo, 'fast');
  const calm = (seconds: number): Stretch => ({ perSecond: BUSY, badShare: 0, seconds: whole(seconds) });
  const failing = (badShare: number, seconds: number): Stretch => ({ ...calm(seconds), badShare });
  const before = calm(first.longS);
  const outage = failing(1, first.longS + 3 * countS);
  // Enough for the first pair, whose budget is a smaller one than the second pair's.
  const short = failing(60 * budget, first.longS / 2);
  return [
    course(slo, { kind: 'fires', title: 'everything fails' }, [
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
    course(
      slo,
      {
        kind: 'resolves',
        title: 'a short outage is over: the short window forgets it, the long one does not (first pair)',
      },
      [
        [before, { firing: 0 }],
        [short, { firing: 1 }],
        [calm(3 * countS), { firing: 0, values: [[over(slo, first, 'long'), 1]] }],
      ],
    ),
    ...(extent === 'own' ? [] : fastArithmetic(topology, slo)),
    ...commonCases({ topology, slo, extent }, 'fast'),
  ];
}

function fastArithmetic(topology: Topology, slo: Slo): readonly AlertCase[] {
  const { first, second, budget, whole, countS } = numbersOf(topology, slo, 'fast');
  const calm = (seconds: number): Stretch => ({ perSecond: BUSY, badShare: 0, seconds: whole(seconds) });
  const failing = (badShare: number, seconds: number): Stretch => ({ ...calm(seconds), badShare });
  const before = calm(first.longS);
  const outage = failing(1, first.longS + 3 * countS);
  const slower = failing(((first.factor + second.factor) / 2) * budget, 1.1 * second.longS);
  const forgotten = calm(second.shortS + 3 * countS);
  return [
    course(slo, { kind: 'fires', title: `${percent(slower.badShare)} fail for long (second pair)` }, [
      [failing(slower.badShare, 0.5 * second.longS), { alerts: [] }],
      [failing(slower.badShare, 0.6 * second.longS), { alerts: [alert(slo, slower.badShare)] }],
    ]),
    course(
      slo,
      {
        kind: 'resolves',
        title: 'a long outage is over: the short windows forget it, the long ones do not (second pair)',
      },
      [
        [before, { alerts: [] }],
        [outage, { alerts: [alert(slo, 1)] }],
        [forgotten, { alerts: [], values: [[over(slo, second, 'long'), 1]] }],
      ],
    ),
    course(slo, { kind: 'quiet', title: 'what fails is less than any pair allows' }, [
      [failing(0.9 * second.factor * budget, 1.1 * second.longS), { alerts: [] }],
    ]),
    course(slo, { kind: 'quiet', title: 'a spike that only the short window takes for one' }, [
      [before, { alerts: [] }],
      [
        failing((0.4 * first.factor * budget * first.longS) / (3 * countS), 3 * countS),
        { alerts: [], values: [[over(slo, first, 'short'), 1]] },
      ],
      [calm(second.shortS), { alerts: [] }],
    ]),
  ];
}

/** What burns slowly. */
export function slowCases(topology: Topology, slo: Slo, extent: Extent): readonly AlertCase[] {
  const { first, second, countS, whole } = numbersOf(topology, slo, 'slow');
  const calm = (seconds: number): Stretch => ({ perSecond: BUSY, badShare: 0, seconds: whole(seconds) });
  const outage = { ...calm(first.shortS), badShare: 1 };
  const restart: Stretch = { ...calm(second.shortS + 3 * countS), restarted: true };
  return [
    course(slo, { kind: 'fires', title: 'everything fails' }, [
      [calm(first.shortS), { alerts: [] }],
      [outage, { firing: 1 }],
    ]),
    course(slo, { kind: 'resolves', title: 'everything failed and works again' }, [
      [outage, { firing: 1 }],
      [restart, { alerts: [] }],
    ]),
    ...(extent === 'windows' ? slowWindows(topology, slo) : []),
    ...commonCases({ topology, slo, extent }, 'slow'),
  ];
}

/** At an even traffic the second pair is met whenever the first one is, so the first one is shown at night. */
function slowWindows(topology: Topology, slo: Slo): readonly AlertCase[] {
  const { first, second, budget, countS, whole } = numbersOf(topology, slo, 'slow');
  const evenly = (share: number, seconds: number): Stretch => ({
    perSecond: BUSY,
    badShare: share * budget,
    seconds: whole(seconds),
  });
  const nightly = 1.7 * first.factor * budget;
  return [
    course(
      slo,
      { kind: 'fires', title: `${percent(nightly)} fail at night, after a busy day without failures (first pair)` },
      [
        [evenly(0, second.longS - first.longS), { alerts: [] }],
        [
          { perSecond: NIGHT, badShare: nightly, seconds: whole(1.05 * first.longS) },
          { alerts: [alert(slo, nightly)], values: [[over(slo, second, 'long'), 0]] },
        ],
        [evenly(0, first.shortS + 3 * countS), { alerts: [] }],
      ],
    ),
    course(
      slo,
      {
        kind: 'resolves',
        title: 'a little more than the budget allows fails for long, and then nothing does (second pair)',
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

/** What is the same however fast it burns. Of one that shows only its own, what is counted is shown where it takes less time. */
function commonCases({ topology, slo, extent }: Subject, urgency: BurnPair['urgency']): readonly AlertCase[] {
  const { first, countS, whole } = numbersOf(topology, slo, urgency);
  const seconds = whole(urgency === 'fast' ? first.longS : first.shortS);
  const calm: Stretch = { perSecond: BUSY, badShare: 0, seconds };
  const outage: Stretch = { ...calm, badShare: 1, seconds: 2 * seconds };
  return [
    course(slo, { kind: 'quiet', title: 'every one of very few requests fails' }, [
      [{ ...outage, perSecond: 3 / seconds }, { alerts: [] }],
    ]),
    {
      kind: 'absent',
      title: 'nothing is counted',
      series: {},
      expect: [{ atS: outage.seconds, alerts: [] }],
      values: [{ atS: outage.seconds, expr: NO_RATIO, value: 0 }],
    },
    ...(extent === 'own' && urgency === 'slow' ? [] : countingCases({ topology, slo }, { calm, outage })),
    ...(extent === 'own'
      ? []
      : [
          course(slo, { kind: 'quiet', title: 'the counters start anew' }, [
            [calm, { alerts: [] }],
            [{ ...calm, seconds: whole(countS), restarted: true }, { alerts: [] }],
            [calm, { alerts: [] }],
          ]),
          course(slo, { kind: 'quiet', title: 'the stack is starting', more: SETTLING }, [
            [outage, { alerts: [], values: [[NO_RATIO, 0]] }],
          ]),
        ]),
  ];
}

const NO_RATIO = 'count(slo:error_ratio:window) or vector(0)';

/** What is counted, and what is not. */
function countingCases(
  { topology, slo }: Omit<Subject, 'extent'>,
  { calm, outage }: Readonly<Record<'calm' | 'outage', Stretch>>,
): readonly AlertCase[] {
  const periodS = topology.profile.monitoring.budgetPeriodMs / 1000;
  const partial = exampleSeries(slo.sli, [{ ...calm, seconds: outage.seconds }]).partial;
  return [
    course(slo, { kind: 'quiet', title: 'nobody asks for anything: there is no ratio either' }, [
      [
        { ...calm, perSecond: 0 },
        { alerts: [], values: [[NO_RATIO, 0]] },
      ],
    ]),
    course(slo, { kind: 'quiet', title: 'the budget is less than one event, so that there is none' }, [
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
          // Unknown is not good.
          kind: 'fires',
          title: 'nobody tells what is good',
          series: partial,
          expect: [],
          firing: [{ atS: outage.seconds, count: 1 }],
        },
  ];
}

/** For longer than any case. */
const SETTLING: Series = { 'holdfast:settling': { stretches: [{ from: 1, perSecond: 0, seconds: 86_400 }] } };

/** What is seen when the last sample of a stretch was taken and the next one was not. */
interface Seen {
  readonly alerts?: readonly ExpectedAlert[];
  /** How many fire, whatever they say. */
  readonly firing?: number;
  readonly values?: readonly (readonly [expr: string, value: number])[];
}

function course(
  slo: Slo,
  { more = {}, ...told }: Pick<AlertCase, 'kind' | 'title'> & { readonly more?: Series },
  stretches: readonly (readonly [Stretch, Seen])[],
): AlertCase {
  let endS = 0;
  const seen = stretches.map(([{ seconds }, then]) => ({ atS: (endS += seconds) - 1, ...then }));
  return {
    ...told,
    series: {
      ...exampleSeries(
        slo.sli,
        stretches.map(([stretch]) => stretch),
      ).all,
      ...more,
    },
    expect: seen.flatMap((one) => (one.alerts === undefined ? [] : [{ atS: one.atS, alerts: one.alerts }])),
    firing: seen.flatMap((one) => (one.firing === undefined ? [] : [{ atS: one.atS, count: one.firing }])),
    values: seen.flatMap((one) => (one.values ?? []).map(([expr, value]) => ({ atS: one.atS, expr, value }))),
  };
}

/** How many windows of a span are over the limit of their pair: 1 or 0. Other objectives may count the same events. */
function over({ id, objective }: Slo, { factor }: { readonly factor: number }, span: 'long' | 'short'): string {
  const limit = Number((factor * (1 - objective)).toPrecision(6));
  return `count(slo:error_ratio:window{slo="${id}",pair="${factor}",span="${span}"} > ${limit}) or vector(0)`;
}

/** 1 where what is recorded of an objective compares so, else 0. */
function only(slo: Slo, record: string, compares: string): string {
  return `count(${record}{slo="${slo.id}"} ${compares}) or vector(0)`;
}

function alert(slo: Slo, ratio: number): ExpectedAlert {
  return { labels: { slo: slo.id }, value: percent(ratio) };
}

/** What `humanizePercentage` makes of a ratio. */
function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(4))}%`;
}

function numbersOf({ profile: { monitoring } }: Topology, slo: Slo, urgency: BurnPair['urgency']) {
  const inSeconds = burnPairs(monitoring)
    .filter((pair) => pair.urgency === urgency)
    .map(({ factor, longMs, shortMs }) => ({ factor, longS: longMs / 1000, shortS: shortMs / 1000 }));
  const [first, second] = inSeconds;
  if (first === undefined || second === undefined) throw new Error(`two pairs of windows are ${urgency}`);
  const stepS = monitoring.sloIntervalMs / 1000;
  return {
    first,
    second,
    budget: 1 - slo.objective,
    periodS: monitoring.budgetPeriodMs / 1000,
    countS: countingWindowMs(monitoring) / 1000,
    /** Seconds as whole steps of the evaluation. */
    whole: (seconds: number): number => Math.ceil(seconds / stepS) * stepS,
  };
}
