/**
 * The fields of a JSON line in their order, those of nested objects as `outer.inner`. A truncated line has the fields before the cut and
 * the beginning of the last one. Any other text has no fields. Values other than strings are rendered as JSON.
 */
export function parseFields(text: string): Readonly<Record<string, string>> {
  for (const candidate of candidatesOf(text)) {
    try {
      return Object.fromEntries(flatten('', JSON.parse(candidate)));
    } catch {
      // Try the next candidate.
    }
  }
  return {};
}

/** An incomplete escape sequence at the end. */
const PARTIAL_ESCAPE = /\\[^\\]{0,4}$/;

/**
 * Candidates for the JSON of a text: complete; cut within a value; cut within an escape sequence; cut elsewhere, without the last field.
 * The cut may be in a nested object, such as a stack trace. A client controls the length of its values, and so the position of the cut.
 * No position may hide the result of the request.
 */
function* candidatesOf(text: string): Generator<string> {
  yield text;
  for (const closed of [`${text}"`, `${text.replace(PARTIAL_ESCAPE, '')}"`, text.slice(0, text.lastIndexOf(',"'))]) {
    yield `${closed}}`;
    yield `${closed}}}`;
  }
}

function flatten(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return name === '' ? [] : [[name, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return name === '' ? [] : [[name, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([inner, one]) => flatten(name === '' ? inner : `${name}.${inner}`, one));
}
