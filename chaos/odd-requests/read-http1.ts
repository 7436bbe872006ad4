/** A response of HTTP/1 as received. */
export interface Http1Response {
  readonly status: number;
  /** By lower-case name; the last one of several. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Parsed {
  readonly responses: readonly Http1Response[];
  /** Bytes after the last complete response. If there are any at the end of a connection, they are not a response. */
  readonly rest: Buffer;
}

interface ReadOptions {
  /** Whether the final response with this index answers HEAD, and therefore has no body. */
  readonly isToHead: (index: number) => boolean;
  /** The peer has closed the connection: a body without a length ends here. */
  readonly isClosed: boolean;
}

interface Taken {
  readonly response: Http1Response;
  readonly length: number;
}

/** The complete responses in `bytes`, which begin with one (RFC 9112, 6.3). */
export function parseResponses(bytes: Buffer, options: ReadOptions): Parsed {
  const responses: Http1Response[] = [];
  let rest = bytes;
  let finals = 0;
  for (;;) {
    const taken = takeResponse(rest, { isToHead: options.isToHead(finals), isClosed: options.isClosed });
    if (taken === undefined) return { responses, rest };
    responses.push(taken.response);
    if (taken.response.status >= 200) finals += 1;
    rest = rest.subarray(taken.length);
  }
}

function takeResponse(
  bytes: Buffer,
  { isToHead, isClosed }: { readonly isToHead: boolean; readonly isClosed: boolean },
): Taken | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [start = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(start)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return undefined;
  const headers = new Map(lines.map(fieldOf));
  const body = takeBody(bytes.subarray(end + 4), headers, {
    isBodiless: isToHead || status < 200 || status === 204 || status === 304,
    isClosed,
  });
  if (body === undefined) return undefined;
  return { response: { status, headers, body: body.text }, length: end + 4 + body.length };
}

function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

interface Body {
  readonly text: string;
  readonly length: number;
}

function takeBody(
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
  { isBodiless, isClosed }: { readonly isBodiless: boolean; readonly isClosed: boolean },
): Body | undefined {
  if (isBodiless) return { text: '', length: 0 };
  if (headers.get('transfer-encoding') === 'chunked') return takeChunks(bytes);
  const length = headers.get('content-length');
  if (length === undefined) return isClosed ? { text: bytes.toString('latin1'), length: bytes.length } : undefined;
  if (bytes.length < Number(length)) return undefined;
  return { text: bytes.toString('latin1', 0, Number(length)), length: Number(length) };
}

function takeChunks(bytes: Buffer): Body | undefined {
  let text = '';
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    const next = end + 2 + size + 2;
    if (Number.isNaN(size) || bytes.length < next) return undefined;
    // No server of the stack sends trailers.
    if (size === 0) return { text, length: next };
    text += bytes.toString('latin1', end + 2, end + 2 + size);
    at = next;
  }
}
