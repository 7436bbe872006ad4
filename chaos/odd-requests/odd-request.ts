/** Where clients reach the site: an edge, and the virtual address without and with TLS. */
export type EntryName = 'edge' | 'http' | 'https';

/** A status, interim ones included; in HTTP/2 also `RST_STREAM NAME` or `GOAWAY NAME`, with the name of its error. */
export type Answer = number | string;

export interface Expected {
  /** In the order in which they come; in HTTP/2 in that of the streams, and GOAWAY last. None: the connection is closed without a word. */
  readonly answers: readonly Answer[];
  /** Requests that the application sees. */
  readonly reaches: number;
  /** The connection ends then. Otherwise the next request on it must get its own response. */
  readonly ends: boolean;
  /** HAProxy's parser answers, before any rule: what it says is compiled in, without the headers of the site (3.0; changed in 3.3). */
  readonly isBuiltIn: boolean;
}

interface Described extends Expected {
  readonly name: string;
  /** What decides: a section of an RFC, a limit of the site, or, where the RFC leaves it open, the parser of a server. */
  readonly because: string;
  /** Where an entry differs from the others. */
  readonly at: Readonly<Partial<Record<EntryName, Partial<Expected>>>>;
}

/** Bytes of HTTP/1. */
export interface Http1Request extends Described {
  /** Latin-1, with `{path}` for a path of its own; each part but the first is sent when the next response has come. */
  readonly parts: readonly string[];
  /** Places of the final responses that answer HEAD, and so have no body. */
  readonly toHead: readonly number[];
}

/** Frames of HTTP/2, behind the preface and SETTINGS unless they bring their own. */
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

/** A rule of the first hop answers, and the connection goes on. */
export function refused(
  [status, ...title]: readonly [status: number, ...Title],
  text: Text,
  differences: Differences = {},
): Http1Request {
  return http1(title, text, { answers: [status], reaches: 0, ...differences });
}

/** HAProxy's parser answers 400: where the request ends cannot be known, so the connection ends. */
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

/** What 404 answers has reached the application, and what GOAWAY answers has ended the connection. */
export function http2(
  [name, because, answers]: readonly [...Title, answers: readonly Answer[]],
  frames: Http2Request['frames'],
  differences: Partial<Omit<Http2Request, 'name' | 'because' | 'answers' | 'frames'>> = {},
): Http2Request {
  const ends = answers.length === 0 || answers.some((answer) => String(answer).startsWith('GOAWAY'));
  const reaches = answers.filter((answer) => answer === 404).length;
  return { ...USUAL, bringsPreface: false, reaches, ends, ...differences, name, because, answers, frames };
}
