import type { Bucket, ExperimentOutcome } from '../runner/outcome.ts';
import type { TimelineEvent } from '../runner/timeline.ts';
import { escapeMarkup } from '../../kit/escape-markup.ts';
import { CHART, fixed, originOf, renderTimeAxis, scaleOf, type Scale } from './time-axis.ts';

const { width: WIDTH, left: LEFT, right: RIGHT } = CHART;
/** Positions of the panels: markers at the top, then requests, then latency. */
const REQUESTS = { top: 30, height: 130 };
const LATENCY = { top: 186, height: 90 };
const HEIGHT = LATENCY.top + LATENCY.height + 26;

/** The latency axis is logarithmic, from 1 ms to 10 s. */
const LATENCY_DECADES = { fromMs: 1, toMs: 10_000 };

/** The numbered events of the chart: those within its time range, without phases. */
export function markedEvents(experiment: ExperimentOutcome): readonly TimelineEvent[] {
  const [first] = experiment.buckets;
  const last = experiment.buckets.at(-1);
  if (first === undefined || last === undefined) return [];
  return experiment.timeline
    .filter(({ kind, t }) => kind !== 'phase' && t >= first.t && t <= last.t + 1_000)
    .toSorted((a, b) => a.t - b.t);
}

/** Renders requests per tenth of a second and their durations over time, the time of the fault, and numbered events. */
export function renderChart(experiment: ExperimentOutcome): string {
  const { buckets, phases } = experiment;
  const scale = scaleOf(buckets);
  if (scale === undefined) return '<p class="faint">No request was recorded.</p>';
  const band = { from: scale.x(phases.injectedAt), to: scale.x(phases.undoneAt) };
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Requests and their durations over time">`,
    `<rect class="faultband" x="${fixed(band.from)}" y="${REQUESTS.top}" width="${fixed(Math.max(1, band.to - band.from))}" height="${LATENCY.top + LATENCY.height - REQUESTS.top}"/>`,
    renderTimeAxis(scale, {
      ...{ zeroMs: phases.injectedAt, zeroLabel: originOf(experiment) },
      ...{ top: REQUESTS.top, bottom: LATENCY.top + LATENCY.height },
    }),
    renderRequests(buckets, scale),
    renderLatency(buckets, scale),
    ...markedEvents(experiment).map((event, index) => renderMark(event, index + 1, scale)),
    '</svg>',
  ].join('\n');
}

function renderRequests(buckets: readonly Bucket[], scale: Scale): string {
  const most = Math.max(1, ...buckets.map(({ ok, slow, failed }) => ok + slow + failed));
  const width = Math.max(0.8, (WIDTH - LEFT - RIGHT) / buckets.length - 0.2);
  const bottom = REQUESTS.top + REQUESTS.height;
  const bars = buckets.flatMap((bucket) => {
    let y = bottom;
    return (['ok', 'slow', 'failed'] as const).flatMap((kind) => {
      if (bucket[kind] === 0) return [];
      const height = (bucket[kind] / most) * REQUESTS.height;
      y -= height;
      return `<rect class="${kind}" x="${fixed(scale.x(bucket.t))}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}"/>`;
    });
  });
  return [
    `<text x="${LEFT - 6}" y="${REQUESTS.top + 9}" text-anchor="end">${most * 10}/s</text>`,
    `<text x="${LEFT - 6}" y="${bottom}" text-anchor="end">0</text>`,
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>`,
    ...bars,
  ].join('\n');
}

function renderLatency(buckets: readonly Bucket[], scale: Scale): string {
  const { fromMs, toMs } = LATENCY_DECADES;
  const y = (ms: number): number => {
    const part = Math.log(Math.min(toMs, Math.max(fromMs, ms)) / fromMs) / Math.log(toMs / fromMs);
    return LATENCY.top + LATENCY.height * (1 - part);
  };
  const decades = [1, 10, 100, 1_000, 10_000].map((ms) => {
    const label = ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(y(ms))}" y2="${fixed(y(ms))}"/><text x="${LEFT - 6}" y="${fixed(y(ms) + 4)}" text-anchor="end">${label}</text>`;
  });
  const answered = buckets.flatMap(({ t, medianMs, worstMs }) =>
    medianMs === undefined || worstMs === undefined ? [] : [{ x: scale.x(t + 50), medianMs, worstMs }],
  );
  const points = answered.map(({ x, medianMs }) => `${fixed(x)},${fixed(y(medianMs))}`).join(' ');
  const dots = answered.map(
    ({ x, worstMs }) => `<circle class="worst" cx="${fixed(x)}" cy="${fixed(y(worstMs))}" r="1.2"/>`,
  );
  return [...decades, ...dots, `<polyline class="median" points="${points}"/>`].join('\n');
}

function renderMark({ kind, t, text }: TimelineEvent, number: number, scale: Scale): string {
  const x = fixed(scale.x(t));
  // Alternate heights, so that marks close to each other do not overlap.
  const y = number % 2 === 0 ? 8 : 20;
  return `<g class="mark k-${kind}"><title>${escapeMarkup(text)}</title><line x1="${x}" x2="${x}" y1="${y}" y2="${LATENCY.top + LATENCY.height}"/><circle cx="${x}" cy="${y}" r="7.5"/><text x="${x}" y="${y + 3.5}" text-anchor="middle">${number}</text></g>`;
}
