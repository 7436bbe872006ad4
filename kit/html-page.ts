import { escapeMarkup } from './escape-markup.ts';

interface Page {
  readonly title: string;
  /** Additional CSS. */
  readonly style: string;
  /** Additional HTML of the head. */
  readonly head?: string;
  /** HTML. */
  readonly body: string;
}

/** A complete page of an agent, without scripts. */
export function renderHtmlPage({ title, style, head = '', body }: Page): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${escapeMarkup(title)}</title><style>${BASE_STYLE}${style}</style></head><body>${body}</body></html>
`;
}

const BASE_STYLE = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.4em; margin: .3em 0 }
a { color: inherit } code { background: #8882; padding: .1em .3em; border-radius: 3px }
.quiet { color: #777 }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
`;
