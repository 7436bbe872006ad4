import type { Sink } from '../kit/exporter.ts';

const WORDS: Readonly<Record<string, number>> = { ON: 1, OFF: 0, YES: 1, NO: 0, QUOTA: 1, DISABLED: 0 };

/** A value that is no number is not shown: nobody could tell what 0 meant. */
export function emitNumber(
  emit: Sink,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  value: string | undefined,
): void {
  if (value === undefined || value === '') return;
  const number = WORDS[value.toUpperCase()] ?? Number(value);
  if (Number.isFinite(number)) emit({ ...series, value: number });
}

/** A column of a row as text; empty where there is none. */
export function text(row: Readonly<Record<string, unknown>>, column: string): string {
  const value: unknown = row[column];
  return typeof value === 'string' ? value : '';
}
