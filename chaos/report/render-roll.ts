import type { ChangeStep } from '../../deploy/change/change-step.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';
import { renderMs } from '../runner/units.ts';
import type { ExperimentOutcome } from '../runner/outcome.ts';
import { CHART, fixed, originOf, renderTimeAxis, scaleOf, type Scale } from './time-axis.ts';

type StepName = ChangeStep['step'];

/**
 * Meaning of the time after a step, until the next step of the same host. Undefined: nothing is missing any more. A host that takes no requests has the
 * full height, so that the chart can be read without colours.
 */
const STAGES: Readonly<Record<StepName, { readonly text: string; readonly height: number } | undefined>> = {
  drain: { text: 'draining', height: 8 },
  drained: { text: 'drained', height: 14 },
  'hand-over': { text: 'handing over', height: 8 },
  reload: { text: 'reloading', height: 8 },
  stop: { text: 'stopped', height: 14 },
  start: { text: 'starting', height: 14 },
  ready: { text: 'ready, not in use', height: 8 },
  return: { text: 'in use, tier not redundant', height: 4 },
  redundant: undefined,
};

/** The change of one host from its first step until full redundancy. A host that is changed twice has two. */
interface HostChange {
  readonly host: string;
  /** In the order of time; at least one. */
  readonly steps: readonly ChangeStep[];
}

/**
 * The changes of hosts, in the order in which they began. A `drain` begins a new change, unless it follows a `hand-over`, and so does any step after
 * `redundant`.
 */
function changesOf(steps: readonly ChangeStep[]): readonly HostChange[] {
  const changes: { readonly host: string; readonly steps: ChangeStep[] }[] = [];
  for (const step of steps.toSorted((a, b) => a.at - b.at)) {
    const current = changes.findLast(({ host }) => host === step.host);
    const last = current?.steps.at(-1)?.step;
    const isNew = (step.step === 'drain' && last !== 'hand-over') || last === 'redundant';
    if (current === undefined || isNew) changes.push({ host: step.host, steps: [step] });
    else current.steps.push(step);
  }
  return changes;
}

interface Bar {
  readonly step: StepName;
  readonly text: string;
  readonly height: number;
  readonly fromMs: number;
  /** Missing: the step that ends it was not reached. */
  readonly toMs?: number;
}

function barsOf({ steps }: HostChange): readonly Bar[] {
  return steps.flatMap(({ step, at }, index) => {
    const stage = STAGES[step];
    if (stage === undefined) return [];
    const next = steps[index + 1];
    return [{ step, ...stage, fromMs: at, ...(next === undefined ? {} : { toMs: next.at }) }];
  });
}

const TOP = 8;
const ROW = 22;

/**
 * Renders the steps of a change as an SVG with a row per host, on the time axis of the request chart of the same experiment. A bar whose end was not
 * reached is hatched until the end of the chart. Empty without steps or without requests.
 */
export function renderRoll(experiment: ExperimentOutcome): string {
  const { changeSteps = [], phases, runId } = experiment;
  const scale = scaleOf(experiment.buckets);
  if (scale === undefined || changeSteps.length === 0) return '';
  const changes = changesOf(changeSteps);
  const hosts = [...new Set(changes.map(({ host }) => host))];
  const bottom = TOP + hosts.length * ROW;
  const hatchId = `hatch-${runId.replaceAll(/[^a-zA-Z0-9-]/g, '-')}`;
  const rows = hosts.map((host, index) => {
    const own = changes.filter((change) => change.host === host);
    return renderRow(own, { host, middle: TOP + (index + 0.5) * ROW, scale, hatchId });
  });
  return [
    `<svg viewBox="0 0 ${CHART.width} ${bottom + 26}" role="img" aria-label="${escapeMarkup(`Steps of the change by host: ${describe(changes)}`)}">`,
    `<defs><pattern id="${hatchId}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" x2="0" y1="0" y2="6"/></pattern></defs>`,
    renderTimeAxis(scale, {
      ...{ zeroMs: phases.injectedAt, zeroLabel: originOf(experiment) },
      ...{ top: TOP, bottom },
    }),
    ...rows,
    '</svg>',
  ].join('\n');
}

interface Row {
  readonly host: string;
  readonly middle: number;
  readonly scale: Scale;
  readonly hatchId: string;
}

function renderRow(changes: readonly HostChange[], { host, middle, scale, hatchId }: Row): string {
  const endMs = scale.startMs + scale.spanMs;
  const x = (ms: number): number => scale.x(Math.min(endMs, Math.max(scale.startMs, ms)));
  const bars = changes.flatMap(barsOf).map(({ step, text, height, fromMs, toMs = Infinity }) => {
    const [from, to] = [x(fromMs), x(toMs)];
    const place = `x="${fixed(from)}" y="${fixed(middle - height / 2)}" width="${fixed(Math.max(1, to - from))}" height="${height}"`;
    const took = toMs === Infinity ? 'its end was not reached' : renderMs(toMs - fromMs);
    const hatch = toMs === Infinity ? `<rect ${place} fill="url(#${hatchId})"/>` : '';
    return `<g class="${classOf(step)}${hatch === '' ? '' : ' unreached'}"><title>${escapeMarkup(`${host} ${text}: ${took}`)}</title><rect ${place}/>${hatch}</g>`;
  });
  const ends = changes
    .flatMap(({ steps }) => steps.filter(({ step }) => step === 'redundant'))
    .map(
      ({ at }) =>
        `<g class="${classOf('redundant')}"><title>${escapeMarkup(`${host}: full redundancy`)}</title><line x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="${fixed(middle - 8)}" y2="${fixed(middle + 8)}"/></g>`,
    );
  return `<g><text x="${CHART.left - 6}" y="${middle + 4}" text-anchor="end">${escapeMarkup(host)}</text>${[...bars, ...ends].join('')}</g>`;
}

function classOf(step: StepName): string {
  return `step-${step}`;
}

/** The legend: the stages that occur, in the order of a change, as class and text. */
export function rollLegend(steps: readonly ChangeStep[]): readonly (readonly [className: string, text: string])[] {
  const seen = new Set(steps.map(({ step }) => step));
  const isOpen = changesOf(steps).some((change) => change.steps.at(-1)?.step !== 'redundant');
  return [
    ...Object.entries(STAGES).flatMap(([step, stage]): (readonly [string, string])[] =>
      seen.has(step as StepName) ? [[classOf(step as StepName), stage?.text ?? 'full redundancy']] : [],
    ),
    ...(isOpen ? [['unreached', 'hatched: its end was not reached'] as const] : []),
  ];
}

/** Column heads of {@link rollRows}. */
export const ROLL_HEADS = ['host', 'drain s', 'down s', 'until redundant s'] as const;

/**
 * A row per change of a host: the seconds from `drain` to `drained`, from `stop` (or `start`) to `ready`, and from its first step until full
 * redundancy. `-`: the change has no such step; `not reached`: it began and did not end.
 */
export function rollRows(steps: readonly ChangeStep[]): readonly (readonly string[])[] {
  return changesOf(steps).map((change) => [
    change.host,
    secondsBetween(change, ['drain'], 'drained'),
    secondsBetween(change, ['stop', 'start'], 'ready'),
    secondsBetween(change, undefined, 'redundant'),
  ]);
}

/** `from`: the first of these steps; undefined: the first step of all. */
function secondsBetween({ steps }: HostChange, from: readonly StepName[] | undefined, to: StepName): string {
  const begin = steps.find(({ step }) => from?.includes(step) ?? true);
  if (begin === undefined) return '-';
  const end = steps.find(({ step, at }) => step === to && at >= begin.at);
  return end === undefined ? 'not reached' : ((end.at - begin.at) / 1_000).toFixed(1);
}

/** The table of {@link rollRows} for a terminal, a line each. Empty without steps. */
export function renderRollTable(steps: readonly ChangeStep[]): readonly string[] {
  if (steps.length === 0) return [];
  const rows = [ROLL_HEADS, ...rollRows(steps)];
  const widths = ROLL_HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

/** The table as a sentence, for readers that cannot see the chart. */
function describe(changes: readonly HostChange[]): string {
  return changes
    .map((change) => {
      const [host = '', drain = '-', down = '-', whole = '-'] = rollRows(change.steps)[0] ?? [];
      const parts = [
        ...(drain === '-' ? [] : [`drained ${spoken(drain)}`]),
        ...(down === '-' ? [] : [`ready ${spoken(down)}`]),
        `redundant ${spoken(whole)}`,
      ];
      return `${host} ${parts.join(', ')}`;
    })
    .join('; ');
}

function spoken(seconds: string): string {
  return seconds === 'not reached' ? seconds : `after ${seconds} s`;
}
