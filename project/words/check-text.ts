import { GLOSSARY, MOST_WORDS } from './glossary.ts';

/** A text that users read, and its place. */
export interface Text {
  /** A file, or an object in one, such as `alert AppHostLost, summary`. */
  readonly place: string;
  readonly text: string;
}

/** The violations of the text rules, a line each. */
export function checkTexts(texts: readonly Text[]): readonly string[] {
  return texts.flatMap(({ place, text }) => {
    const prose = proseOf(text);
    const banned = GLOSSARY.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(prose)?.[0];
      return found === undefined ? [] : [`${place}: "${found}" (use: ${instead})`];
    });
    const long = sentencesOf(prose)
      .map((sentence) => ({ sentence, count: sentence.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length }))
      .filter(({ count }) => count > MOST_WORDS)
      .map(({ sentence, count }) => `${place}: ${count} words in "${sentence.slice(0, 60)}…" (at most ${MOST_WORDS})`);
    return [...banned, ...long];
  });
}

/** Replaces code, addresses and placeholders by one word each. */
function proseOf(text: string): string {
  return text
    .replaceAll(/`[^`]*`/g, 'Code')
    .replaceAll(/\$?\{+[^}]*\}+/g, 'value')
    .replaceAll(/<?https?:\/\/\S+/g, 'link');
}

/** Sentences, and items of lists and tables. */
function sentencesOf(prose: string): readonly string[] {
  return prose
    .split(/\n\s*\n|\n\s*(?:[-|#]|\d+\.)|\s\|\s|(?<=[.!?:])\s+(?=[\p{Lu}"'(\d])|;\s/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
