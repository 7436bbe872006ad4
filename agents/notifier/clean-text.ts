/** Characters that end lines, ring bells or turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** What may follow in a header or in one row: one line, printable, at most `max` characters, and no credential. */
export function cleanLine(text: string, max: number): string {
  return clip(
    withoutSecrets(text.slice(0, 4 * max))
      .toWellFormed()
      .replace(UNPRINTABLE, ' ')
      .trim(),
    max,
  );
}

/** The same with its line breaks. */
export function cleanText(text: string, max: number): string {
  const lines = text.slice(0, 4 * max).split(/\r\n|\r|\n/);
  return clip(
    lines
      .map((line) => cleanLine(line, max))
      .join('\n')
      .trim(),
    max,
  );
}

function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}

/** Credentials in addresses, and what stands behind the names of headers that carry some: an alert may quote a request. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]+@/gi, '$1***@')
    .replace(/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\n,}]+/gi, '$1$2***')
    .replace(/\b(pass(?:word|wd)?|secret|token|api[_-]?key)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi, '$1$2***');
}
