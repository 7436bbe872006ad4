/** Control characters, line separators and characters that change the text direction. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** Text for a header or a table row: one line, printable, at most `max` characters, without credentials. */
export function cleanLine(text: string, max: number): string {
  return clip(
    withoutSecrets(text.slice(0, 4 * max))
      .toWellFormed()
      .replace(UNPRINTABLE, ' ')
      .trim(),
    max,
  );
}

/** Like {@link cleanLine}, but keeps line breaks. */
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

/** Masks credentials in URLs, in headers and in assignments, because an alert may quote a request. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]+@/gi, '$1***@')
    .replace(/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\n,}]+/gi, '$1$2***')
    .replace(/\b(pass(?:word|wd)?|secret|token|api[_-]?key)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi, '$1$2***');
}
