/** One line of a benchmark: what was measured and what it may be at most. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  /** Missing: told so that the others can be understood. */
  readonly atMost?: number;
  readonly unit: 's' | 'ms' | 'MiB' | '%' | 'requests' | 'doubts' | 'series';
}

export function renderFigure({ what, measured, atMost, unit }: Figure): string {
  const digits = (figure: number): string => figure.toFixed(unit === 's' || unit === 'ms' || unit === '%' ? 1 : 0);
  const value = `${what.padEnd(56)} ${digits(measured).padStart(8)} ${unit}`;
  if (atMost === undefined) return `      ${value}`;
  return `${isKept({ measured, atMost }) ? 'ok  ' : 'OVER'}  ${value.padEnd(76)} at most ${digits(atMost)} ${unit}`;
}

/** A figure that is no number keeps nothing. */
export function isKept({ measured, atMost }: Pick<Figure, 'measured' | 'atMost'>): boolean {
  return atMost === undefined || measured <= atMost;
}
