/**
 * The fields of a line that is JSON, those of objects in it as `outer.inner`, in their order; of one that was cut those before the cut, with what is
 * there of the last one; none where it is something else. What is no text is shown as JSON writes it.
 */
export function parseFields(text: string): Readonly<Record<string, string>> {
  for (const reading of readingsOf(text)) {
    try {
      return Object.fromEntries(flatten('', JSON.parse(reading)));
    } catch {
      // The next one may be it.
    }
  }
  return {};
}

/** An escape whose end is missing. */
const HALF_ESCAPE = /\\[^\\]{0,4}$/;

/**
 * What a text may be: whole, cut within a value, there within an escape, or cut elsewhere, which costs the last field. The cut may be in an object of
 * the line, as a stack trace is. A client chooses how long its words are, and so where its line is cut: none of these may hide how the request ended.
 */
function* readingsOf(text: string): Generator<string> {
  yield text;
  for (const begun of [`${text}"`, `${text.replace(HALF_ESCAPE, '')}"`, text.slice(0, text.lastIndexOf(',"'))]) {
    yield `${begun}}`;
    yield `${begun}}}`;
  }
}

function flatten(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return name === '' ? [] : [[name, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return name === '' ? [] : [[name, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([inner, one]) => flatten(name === '' ? inner : `${name}.${inner}`, one));
}
