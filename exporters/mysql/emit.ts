import type { Sink } from '../kit/exporter.ts';

const BOOLEANS: Readonly<Record<string, number>> = { ON: 1, OFF: 0, YES: 1, NO: 0, QUOTA: 1, DISABLED: 0 };

/** OpenSSL's format of the expiry of a certificate: `Nov  4 12:00:00 2027 GMT`. */
const TIME = /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4} GMT$/;

/** Emits a value of a server; a time as seconds since 1970, like mysqld_exporter. Other texts are skipped, because 0 would be ambiguous. */
export function emitNumber(
  emit: Sink,
  series: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  value: string | undefined,
): void {
  if (value === undefined || value === '') return;
  const number = BOOLEANS[value.toUpperCase()] ?? (TIME.test(value) ? Date.parse(value) / 1000 : Number(value));
  if (Number.isFinite(number)) emit({ ...series, value: number });
}

/** A column of a row as text; empty if it is not text. */
export function text(row: Readonly<Record<string, unknown>>, column: string): string {
  const value: unknown = row[column];
  return typeof value === 'string' ? value : '';
}
