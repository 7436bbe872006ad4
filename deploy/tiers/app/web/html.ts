import { escapeMarkup } from '../../../../kit/escape-markup.ts';

/** Safe HTML, which is not escaped again. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | undefined | readonly Html[];

/** A template that escapes values unless they are {@link Html}. It joins lists and omits `undefined`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + textOf(parts[index - 1]) + string));
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (isList(part)) return part.map(textOf).join('');
  return escapeMarkup(part.toString());
}

function isList(part: Part): part is readonly Html[] {
  return Array.isArray(part);
}
