import { escapeMarkup } from '../../kit/escape-markup.ts';
import { renderHtmlPage } from '../../kit/html-page.ts';
import { parseFields } from './parse-fields.ts';
import { BUFFERS, type LogLine, type LogStore, type BufferName } from './store.ts';

interface PageContext {
  /** URL of Zipkin for browsers. */
  readonly tracesUrl: string | undefined;
  readonly startedAtMs: number;
  readonly use: LogStore['use'];
  readonly droppedOf: LogStore['droppedOf'];
}

/** Fields that the row or the page already shows. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(['line', 'host', 'service', 'trace_id']);

/** The lines of a trace, in the order of arrival. Each server logs when it has finished, so the one nearest to the client is last. */
export function renderTracePage(traceId: string, lines: readonly LogLine[], context: PageContext): string {
  const [first] = lines;
  const dropped = context.droppedOf(traceId);
  const more = dropped === 0 ? '' : ` · ${dropped} more lines arrived than are stored per trace`;
  const body = `<p class="quiet">${renderBack(context, traceId)}</p>
<h1>Log lines of one request</h1>
<p class="quiet">Trace <code>${escapeMarkup(traceId)}</code> · ${lines.length} ${lines.length === 1 ? 'line' : 'lines'} · times are UTC, of their arrival here${more}</p>
${lines.map((line) => renderLine(line, line.atMs - (first?.atMs ?? line.atMs))).join('\n')}`;
  return renderHtmlPage({ title: `Log lines of ${traceId}`, style: STYLE, body });
}

/** The page of a trace that has no lines here. */
export function renderUnknownPage(traceId: string, context: PageContext): string {
  const body = `<p class="quiet">${renderBack(context, traceId)}</p>
<h1>No log lines of this request</h1>
<p>No lines of the trace <code>${escapeMarkup(traceId)}</code> are stored. Newer lines have replaced them, they arrived before the trace log store was started, or they were lost in transit (each datagram is sent once).</p>
${renderUse(context)}`;
  return renderHtmlPage({ title: 'No log lines', style: STYLE, body });
}

/** The home page, with the purpose of the trace log store. */
export function renderHomePage(context: PageContext): string {
  const body = `<h1>Trace logs</h1>
<p>Log lines of load balancers, web hosts and the application, by the trace of their request. Open <code>/logs/ID</code> with the ID in the response header <code>x-trace-id</code>, or use "View Logs" in the menu of a trace in ${renderLink(context.tracesUrl, '/zipkin/', 'Zipkin')}.</p>
${renderUse(context)}`;
  return renderHtmlPage({ title: 'Trace logs', style: STYLE, body });
}

function renderBack({ tracesUrl }: PageContext, traceId: string): string {
  return renderLink(tracesUrl, `/zipkin/traces/${traceId}`, '← the trace in Zipkin');
}

function renderLink(base: string | undefined, path: string, title: string): string {
  return base === undefined ? title : `<a href="${escapeMarkup(`${base}${path}`)}">${title}</a>`;
}

const DESCRIPTIONS: Readonly<Record<BufferName, string>> = {
  retained: 'of requests whose trace is sampled: failed, slow or chosen by their ID',
  transient: 'of all other requests',
};

function renderUse({ startedAtMs, use }: PageContext): string {
  const rows = BUFFERS.map((buffer) => {
    const { lines, oldestAtMs } = use(buffer);
    const since = oldestAtMs === undefined ? '' : `, back to ${renderTime(oldestAtMs)}`;
    return `<li>${lines} lines ${DESCRIPTIONS[buffer]}${since}</li>`;
  });
  return `<p>Lines in memory, up to the limits of the store, since ${renderTime(startedAtMs)} (UTC):</p><ul>${rows.join('')}</ul>`;
}

function renderLine(line: LogLine, afterMs: number): string {
  const fields = Object.entries(parseFields(line.text));
  const rows = fields
    .filter(([name]) => !SHOWN_ELSEWHERE.has(name))
    .map(([name, value]) => `<dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd>`);
  const shown = rows.length === 0 ? `<pre>${escapeMarkup(line.text)}</pre>` : `<dl>${rows.join('')}</dl>`;
  const cut = line.isCut ? '<p class="quiet">The line was longer and has been cut.</p>' : '';
  return `<section class="line"><h2>${renderTime(line.atMs)} <span class="quiet">+${afterMs} ms</span> ${escapeMarkup(line.host)} <span class="quiet">${escapeMarkup(line.service)}</span></h2>${shown}${cut}</section>`;
}

function renderTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** Values are isolated, so that characters that change the text direction affect nothing else. */
const STYLE = `
.line { border-left: 4px solid #8886; margin: 0 0 .9em; padding: .1em 0 .1em .8em }
.line h2 { font-size: 1em; margin: 0; font-variant-numeric: tabular-nums }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1em; margin: .2em 0 0; font-size: .9em }
dt { color: #777 } dd { margin: 0; font-family: ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
dt, dd, pre { unicode-bidi: isolate }
`;
