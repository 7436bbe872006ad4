/** The fields of an `INFO`, as text. What is no field (headings, empty lines) is left out. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at <= 0 || line.startsWith('#') ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** A field that has parts, `calls=1,usec=2`. */
export function parseParts(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',').map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

/** The number of a field; of a word like `ok` or `up` 1, of any other one 0. `undefined` where there is none. */
export function numberOf(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  return Number(value === 'ok' || value === 'up');
}
