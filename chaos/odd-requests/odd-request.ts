/** Public endpoints of the site: an edge, and the virtual IP without and with TLS. */
export type EntryName = 'edge' | 'http' | 'https';

/** A status, interim ones included; in HTTP/2 also `RST_STREAM NAME` or `GOAWAY NAME`, with the name of its error. */
export type Answer = number | string;

export interface Expected {
  /** In the order of arrival; in HTTP/2, in the order of the streams, and GOAWAY last. Empty: the connection is closed without a response. */
  readonly answers: readonly Answer[];
  /** Number of requests that reach the application. */
  readonly reaches: number;
  /** The connection ends then. Otherwise the next request on it must get its own response. */
  readonly ends: boolean;
  /** HAProxy's parser answers, before any rule, with its compiled-in page, which lacks the headers of the site (3.0; changed in 3.3). */
  readonly isBuiltIn: boolean;
}

interface Described extends Expected {
  readonly name: string;
  /** Reason for the expected answers: a section of an RFC, a limit of the site, or, where the RFC leaves it open, the parser of a server. */
  readonly because: string;
  /** Differences of single entries. */
  readonly at: Readonly<Partial<Record<EntryName, Partial<Expected>>>>;
}

/** Bytes of HTTP/1. */
export interface Http1Request extends Described {
  /** Latin-1, with `{path}` for a unique path. Each part except the first is sent after the next response has arrived. */
  readonly parts: readonly string[];
  /** Indexes of the final responses that answer HEAD, and therefore have no body. */
  readonly toHead: readonly number[];
}

/** Frames of HTTP/2, sent after the preface and SETTINGS, unless they contain these. */
export interface Http2Request extends Described {
  readonly frames: (to: Http2Target) => readonly Buffer[];
  readonly bringsPreface: boolean;
}

export interface Http2Target {
  readonly path: string;
  readonly scheme: 'http' | 'https';
}

export type OddRequest = Http1Request | Http2Request;

export function expectedAt(request: Described, entry: EntryName): Expected {
  return { ...request, ...request.at[entry] };
}

type Differences = Partial<Omit<Http1Request, 'name' | 'because' | 'parts'>>;
type Text = string | readonly string[];
type Title = readonly [name: string, because: string];

const USUAL = { ends: false, isBuiltIn: false, at: {} } as const;

/** The application answers: there is no such page. */
export function served(title: Title, text: Text, differences: Differences = {}): Http1Request {
  return http1(title, text, { answers: [404], reaches: 1, ...differences });
}

/** A rule of the first hop answers, and the connection stays open. */
export function refused(
  [status, ...title]: readonly [status: number, ...Title],
  text: Text,
  differences: Differences = {},
): Http1Request {
  return http1(title, text, { answers: [status], reaches: 0, ...differences });
}

/** HAProxy's parser answers 400. The end of the request is unknown, so the connection ends. */
export function unparsed(title: Title, text: Text, differences: Differences = {}): Http1Request {
  return http1(title, text, { answers: [400], reaches: 0, ends: true, isBuiltIn: true, ...differences });
}

function http1(
  [name, because]: Title,
  text: Text,
  rest: Pick<Expected, 'answers' | 'reaches'> & Differences,
): Http1Request {
  const parts = typeof text === 'string' ? [text] : text;
  const toHead = parts[0]?.startsWith('HEAD ') === true ? [0] : [];
  return { ...USUAL, toHead, ...rest, name, because, parts };
}

/** An answer of 404 means that the request has reached the application; GOAWAY or no answer, that the connection has ended. */
export function http2(
  [name, because, answers]: readonly [...Title, answers: readonly Answer[]],
  frames: Http2Request['frames'],
  differences: Partial<Omit<Http2Request, 'name' | 'because' | 'answers' | 'frames'>> = {},
): Http2Request {
  const ends = answers.length === 0 || answers.some((answer) => String(answer).startsWith('GOAWAY'));
  const reaches = answers.filter((answer) => answer === 404).length;
  return { ...USUAL, bringsPreface: false, reaches, ends, ...differences, name, because, answers, frames };
}
