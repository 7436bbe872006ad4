/** A row as returned by the driver. */
export type Row = Readonly<Record<string, unknown>>;

/** A numeric column. Anything else is a programming error, so this throws. */
export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} is ${typeof value}, not a number`);
  return value;
}

/** A text column. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is ${typeof value}, not text`);
  return value;
}

/** A DATETIME column as ISO 8601 in UTC. */
export function timeOf(row: Row, column: string): string {
  const value = row[column];
  if (!(value instanceof Date)) throw new TypeError(`column ${column} is ${typeof value}, not a time`);
  return value.toISOString();
}

/** A BINARY column in hexadecimal. */
export function hexOf(row: Row, column: string): string {
  const value = row[column];
  if (!Buffer.isBuffer(value)) throw new TypeError(`column ${column} is ${typeof value}, not bytes`);
  return value.toString('hex');
}
