/** Fields of an `INFO` reply, as text. Skips headings and empty lines. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at <= 0 || line.startsWith('#') ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** Parts of a field such as `calls=1,usec=2`. */
export function parseParts(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',').map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

/** Number of a field: 1 for `ok` and `up`, 0 for any other word, `undefined` for a missing field. */
export function numberOf(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  return Number(value === 'ok' || value === 'up');
}
