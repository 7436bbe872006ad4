import { renderHtmlPage } from '../../kit/html-page.ts';

interface Page {
  readonly title: string;
  /** Additional HTML of the head. */
  readonly head?: string;
  /** HTML. */
  readonly body: string;
}

/** A complete page of the mailbox. */
export function renderPage(page: Page): string {
  return renderHtmlPage({ ...page, style: STYLE });
}

const STYLE = `
:root { --fire: #c5362c; --calm: #23854c; --drill: #b87700; --unseen: #6b5b95 }
h1.firing { color: var(--fire) } h1.resolved { color: var(--calm) } h1.unmonitored { color: var(--unseen) }
.thread { border-left: 4px solid #8886; margin: 0 0 .9em; padding: .1em 0 .1em .8em }
.thread.firing { border-color: var(--fire) } .thread.resolved { border-color: var(--calm) } .thread.unmonitored { border-color: var(--unseen) }
.thread h2 { font-size: 1em; margin: 0 } .thread h2 a { text-decoration: none }
.thread ol { list-style: none; margin: .1em 0 0; padding: 0; font-size: .9em; font-variant-numeric: tabular-nums }
.badge { font-size: .72em; font-weight: 600; letter-spacing: .04em; padding: .15em .5em; border-radius: 3px; color: #fff; vertical-align: .12em }
.badge.firing { background: var(--fire) } .badge.resolved { background: var(--calm) } .badge.drill { background: var(--drill) } .badge.unmonitored { background: var(--unseen) }
iframe { width: 100%; height: 54em; border: 1px solid #8886; border-radius: 4px; background: #fff; color-scheme: light }
`;
