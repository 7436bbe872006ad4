import { escapeMarkup } from '../../kit/escape-markup.ts';

interface Page {
  readonly title: string;
  /** HTML of the head beyond title and style. */
  readonly head?: string;
  /** HTML. */
  readonly body: string;
}

/** A whole page of the mailbox. It runs nothing. */
export function renderPage({ title, head = '', body }: Page): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${escapeMarkup(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --fire: #c5362c; --calm: #23854c; --drill: #b87700 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.4em; margin: .3em 0 } h1.firing { color: var(--fire) } h1.resolved { color: var(--calm) }
a { color: inherit } code { background: #8882; padding: .1em .3em; border-radius: 3px }
.quiet { color: #777 }
.thread { border-left: 4px solid #8886; margin: 0 0 .9em; padding: .1em 0 .1em .8em }
.thread.firing { border-color: var(--fire) } .thread.resolved { border-color: var(--calm) }
.thread h2 { font-size: 1em; margin: 0 } .thread h2 a { text-decoration: none }
.thread ol { list-style: none; margin: .1em 0 0; padding: 0; font-size: .9em; font-variant-numeric: tabular-nums }
.badge { font-size: .72em; font-weight: 600; letter-spacing: .04em; padding: .15em .5em; border-radius: 3px; color: #fff; vertical-align: .12em }
.badge.firing { background: var(--fire) } .badge.resolved { background: var(--calm) } .badge.drill { background: var(--drill) }
iframe { width: 100%; height: 54em; border: 1px solid #8886; border-radius: 4px; background: #fff; color-scheme: light }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
`;
