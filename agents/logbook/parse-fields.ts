/**
 * The fields of a line that is JSON, those of objects in it as `outer.inner`, in their order; none where it is something else or was cut. What
 * is no text is shown as JSON writes it.
 */
export function parseFields(text: string): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  return Object.fromEntries(flatten('', value));
}

function flatten(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return name === '' ? [] : [[name, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return name === '' ? [] : [[name, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([inner, one]) => flatten(name === '' ? inner : `${name}.${inner}`, one));
}
