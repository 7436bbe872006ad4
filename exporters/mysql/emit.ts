import type { Sink } from '../kit/exporter.ts';

const WORDS: Readonly<Record<string, number>> = { ON: 1, OFF: 0, YES: 1, NO: 0, QUOTA: 1, DISABLED: 0 };

/** As OpenSSL writes when a certificate ends: `Nov  4 12:00:00 2027 GMT`. */
const TIME = /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4} GMT$/;

/** A time is shown in seconds since 1970, as mysqld_exporter does. What is neither a number nor a time is not shown: nobody could tell what 0 meant. */
export function emitNumber(
  emit: Sink,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  value: string | undefined,
): void {
  if (value === undefined || value === '') return;
  const number = WORDS[value.toUpperCase()] ?? (TIME.test(value) ? Date.parse(value) / 1000 : Number(value));
  if (Number.isFinite(number)) emit({ ...series, value: number });
}

/** A column of a row as text; empty where there is none. */
export function text(row: Readonly<Record<string, unknown>>, column: string): string {
  const value: unknown = row[column];
  return typeof value === 'string' ? value : '';
}
