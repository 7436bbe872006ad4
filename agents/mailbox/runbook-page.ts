import { escapeMarkup } from '../../kit/escape-markup.ts';
import { renderPage } from './layout.ts';

/** A runbook as a page. Supports the Markdown that runbooks use: headings, lists, code, paragraphs. */
export function renderRunbookPage(name: string, markdown: string): string {
  const blocks = markdown.split(/\n{2,}/).map(renderBlock);
  return renderPage({
    title: name,
    body: `<p class="quiet"><a href="/">← all mail</a> · <a href="/runbooks">all runbooks</a></p>${blocks.join('\n')}`,
  });
}

/** All runbooks, by the names of their alerts. */
export function renderRunbookList(names: readonly string[]): string {
  const items = names.toSorted().map((name) => `<li><a href="/runbooks/${name}">${escapeMarkup(name)}</a></li>`);
  const body = `<p class="quiet"><a href="/">← all mail</a></p><h1>Runbooks</h1><ul>${items.join('\n')}</ul>`;
  return renderPage({ title: 'Runbooks', body });
}

function renderBlock(block: string): string {
  const heading = /^(#{1,3}) (.*)$/.exec(block.trim());
  if (heading !== null) {
    const level = heading[1]?.length ?? 1;
    return `<h${level}>${inline(heading[2] ?? '')}</h${level}>`;
  }
  if (/^```/.test(block)) return `<pre>${escapeMarkup(block.replace(/^```\w*\n|\n?```\s*$/g, ''))}</pre>`;
  if (/^(- |\d+\. )/.test(block)) {
    const tag = block.startsWith('- ') ? 'ul' : 'ol';
    const items = block.trim().split(/^(?:- |\d+\. )/m);
    return `<${tag}>${items
      .slice(1)
      .map((item) => `<li>${inline(item.trim())}</li>`)
      .join('')}</${tag}>`;
  }
  return `<p>${inline(block)}</p>`;
}

/** Code in backticks; everything else is text. */
function inline(text: string): string {
  return escapeMarkup(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
