import { reload, type RenderedFile } from '../../model/rendered-file.ts';
import { SECURITY_HEADERS } from '../../model/security-headers.ts';

interface ErrorPage {
  readonly reason: string;
  readonly title: string;
  readonly text: string;
}

const BUSY: Omit<ErrorPage, 'reason'> = {
  title: 'The shop is busy for a moment',
  text: 'Please try again. An order that was sent is not placed twice: the shop knows it by its key.',
};

/** Responses that HAProxy generates itself, by status. */
const PAGES = {
  400: { reason: 'Bad Request', title: 'That request was not understood', text: 'Its form is wrong.' },
  405: {
    reason: 'Method Not Allowed',
    title: 'That is not possible here',
    text: 'This site answers GET, HEAD and POST.',
  },
  408: { reason: 'Request Timeout', title: 'The request took too long', text: 'It did not arrive completely in time.' },
  413: { reason: 'Content Too Large', title: 'That is too much', text: 'The body of the request is too large.' },
  414: { reason: 'URI Too Long', title: 'That address is too long', text: 'Its path and query are too long.' },
  421: { reason: 'Misdirected Request', title: 'That is another site', text: 'This site has another name.' },
  429: { reason: 'Too Many Requests', title: 'That is too fast', text: 'Please try again in a moment.' },
  431: { reason: 'Request Header Fields Too Large', title: 'That is too much', text: 'There are too many headers.' },
  500: { reason: 'Internal Server Error', ...BUSY },
  501: { reason: 'Not Implemented', title: 'That is not possible here', text: 'The method of the request is unknown.' },
  502: { reason: 'Bad Gateway', ...BUSY },
  503: { reason: 'Service Unavailable', ...BUSY },
  504: { reason: 'Gateway Timeout', ...BUSY },
  505: {
    reason: 'HTTP Version Not Supported',
    title: 'That is not possible here',
    text: 'This site speaks HTTP/1.1 and HTTP/2.',
  },
} as const satisfies Readonly<Record<number, ErrorPage>>;

type ErrorStatus = keyof typeof PAGES;

/** Statuses that HAProxy's parser, timers, limits and proxying generate. */
const BUILT_IN = [400, 408, 429, 500, 502, 503, 504] as const satisfies readonly ErrorStatus[];

/** Statuses that rules return, see {@link returnPage}. */
const BY_RULE = [400, 405, 413, 414, 421, 431, 501, 503, 505] as const satisfies readonly ErrorStatus[];

const FOLDER = '/etc/holdfast';
const TYPE = 'text/html; charset=utf-8';

/** The pages as files of a host: HTML for rules, and complete HTTP responses for built-in errors. */
export function renderErrorPages(): readonly RenderedFile[] {
  const onChange = reload('haproxy');
  return [
    ...BY_RULE.map((status) => ({ path: `errors/${status}.html`, text: htmlOf(PAGES[status]), onChange })),
    ...BUILT_IN.map((status) => ({ path: `errors/${status}.http`, text: responseOf(status), onChange })),
  ];
}

/** Lines of a section with the error files. */
export function renderErrorFiles(): readonly string[] {
  return BUILT_IN.map((status) => `    errorfile ${status} ${FOLDER}/errors/${status}.http`);
}

/** The arguments of `http-request return` for an error page; `headers`: additional headers. */
export function returnPage(status: (typeof BY_RULE)[number], headers: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries({ 'Cache-Control': 'no-store', ...headers }).map(
    ([name, value]) => ` hdr ${name} ${quote(value)}`,
  );
  return `return status ${status} content-type "${TYPE}" file ${FOLDER}/errors/${status}.html${fields.join('')}`;
}

/** Lines of a frontend that set the security headers on every forwarded or generated response. */
export function renderSecurityHeaders(): readonly string[] {
  return Object.entries(SECURITY_HEADERS).map(
    ([name, value]) =>
      `    http-after-response set-header ${name} ${quote(value)} unless { res.hdr(${name}) -m found }`,
  );
}

function quote(value: string): string {
  return `"${value.replaceAll('%', '%%')}"`;
}

function htmlOf({ title, text }: ErrorPage): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">To the shop</a></p>
    </main>
  </body>
</html>
`;
}

function responseOf(status: (typeof BUILT_IN)[number]): string {
  const body = htmlOf(PAGES[status]);
  const headers = {
    'Content-Length': String(Buffer.byteLength(body)),
    'Content-Type': TYPE,
    'Cache-Control': 'no-store',
    // After a limit or a server error, a retry may succeed; a malformed request stays malformed.
    ...(status === 429 || status >= 500 ? { 'Retry-After': '1' } : {}),
    // Responses of rules get these headers from `http-after-response`; these files must contain them.
    ...SECURITY_HEADERS,
    ...(status === 400 || status === 408 ? { Connection: 'close' } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${PAGES[status].reason}\r\n${lines.join('')}\r\n${body}`;
}
