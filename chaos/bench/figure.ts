import type { Verdict } from '../../kit/verdict.ts';

/** One line of a benchmark: a measured value and its limit. */
export interface Figure {
  readonly what: string;
  /** NaN: it could not be measured. */
  readonly measured: number;
  /** Missing: no limit; the figure is context for the others. */
  readonly atMost?: number;
  readonly unit: 's' | 'ms' | 'µs' | 'MiB' | '%' | 'times' | 'requests' | 'problems' | 'series';
}

const MARKS: Readonly<Record<Verdict, string>> = { held: 'ok  ', violated: 'OVER', unknown: '?   ' };
const WITH_FRACTION: readonly Figure['unit'][] = ['s', 'ms', 'µs', '%', 'times'];

export function renderFigure(figure: Figure): string {
  const { what, measured, atMost, unit } = figure;
  const digits = (number: number): string =>
    Number.isFinite(number) ? number.toFixed(WITH_FRACTION.includes(unit) ? 1 : 0) : renderNoNumber(number);
  const value = `${what.padEnd(72)} ${digits(measured).padStart(8)} ${unit}`;
  if (atMost === undefined) return `      ${value}`;
  return `${MARKS[judgeFigure(figure)]}  ${value.padEnd(92)} at most ${digits(atMost)} ${unit}`;
}

function renderNoNumber(number: number): string {
  return Number.isNaN(number) ? 'unknown' : 'never';
}

/** `violated` over its limit, `unknown` without a number, `held` without a limit. */
export function judgeFigure({ measured, atMost }: Pick<Figure, 'measured' | 'atMost'>): Verdict {
  if (atMost === undefined) return 'held';
  if (Number.isNaN(measured) || Number.isNaN(atMost)) return 'unknown';
  return measured <= atMost ? 'held' : 'violated';
}

/** One sentence: which limits are exceeded, and what could not be measured. */
export function renderVerdict(figures: readonly Figure[]): string {
  const named = (verdict: Verdict): string =>
    figures
      .filter((figure) => judgeFigure(figure) === verdict)
      .map(({ what }) => what)
      .join('; ');
  const [over, unknown] = [named('violated'), named('unknown')];
  if (over === '' && unknown === '') return 'Every limit is kept.';
  return [over && `Over the limit: ${over}.`, unknown && `Not measured: ${unknown}.`].filter(Boolean).join('\n');
}
