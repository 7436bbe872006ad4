import { randomBytes } from 'node:crypto';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

/** One request on a new connection, as a new client would send it. */
export interface ProbeRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** PEM of the CA that must have signed the certificate. Targets are addressed by IP, so the host name is not verified. */
  readonly authority: string;
  readonly signal: AbortSignal;
}

/** Times of events, in seconds since the start of the request. */
interface Marks {
  connect?: number;
  tls?: number;
  answer?: number;
}

/** A response, read completely. Bodies over {@link MAX_BODY} are truncated. */
export interface ProbeAnswer {
  readonly status: number;
  readonly body: string;
  readonly cookies: readonly string[];
  readonly traceId: string;
  /** Duration of each phase in seconds: the phases of blackbox_exporter without DNS resolution, which is not used here. */
  readonly phases: Readonly<Record<Phase, number>>;
  readonly seconds: number;
  /** When the certificate of a TLS connection ends, in seconds since 1970. */
  readonly certificateEnds?: number;
}

export const PHASES = ['connect', 'tls', 'processing', 'transfer'] as const;
export type Phase = (typeof PHASES)[number];

const MAX_BODY = 256 * 1024;

/** Sends a request and waits for the complete response. Rejects when the signal aborts. */
export async function sendProbe(probe: ProbeRequest): Promise<ProbeAnswer> {
  const ownId = randomBytes(16).toString('hex');
  const begin = performance.now();
  const since = (): number => (performance.now() - begin) / 1000;
  const marks: Marks = {};
  let certificateEnds: number | undefined;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const isTls = probe.url.startsWith('https:');
    const payload = probe.body === undefined ? undefined : JSON.stringify(probe.body);
    const request = (isTls ? requestHttps : requestHttp)(
      probe.url,
      {
        method: probe.method ?? 'GET',
        agent: false,
        signal: probe.signal,
        headers: {
          'user-agent': 'holdfast-prober',
          // Marks the request as synthetic for all hops.
          'x-holdfast-synthetic': '1',
          traceparent: `00-${ownId}-${randomBytes(8).toString('hex')}-00`,
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
          ...probe.headers,
        },
        ...(isTls ? { secureContext: contextOf(probe.authority), checkServerIdentity: () => undefined } : {}),
      },
      resolve,
    );
    request.once('socket', (socket) => {
      socket.once('connect', () => (marks.connect = since()));
      socket.once('secureConnect', () => {
        marks.tls = since();
        if (socket instanceof TLSSocket) certificateEnds = Date.parse(socket.getPeerCertificate().valid_to) / 1000;
      });
    });
    request.once('error', reject);
    request.end(payload);
  });
  marks.answer = since();
  const body = await readBody(answer);
  const seconds = since();
  return {
    status: answer.statusCode ?? 0,
    body,
    cookies: (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0] ?? ''),
    // The first hop of the site returns the trace ID; internal hops use the probe's own.
    traceId: String(answer.headers['x-trace-id'] ?? ownId),
    phases: phasesOf(marks, seconds),
    seconds,
    ...(certificateEnds === undefined ? {} : { certificateEnds }),
  };
}

const CONTEXTS = new Map<string, SecureContext>();

/** Cached, because parsing the CA takes longer than a probe. */
function contextOf(authority: string): SecureContext {
  const known = CONTEXTS.get(authority) ?? createSecureContext({ ca: authority });
  CONTEXTS.set(authority, known);
  return known;
}

function phasesOf({ connect = 0, tls = connect, answer = tls }: Marks, end: number): Record<Phase, number> {
  return { connect, tls: tls - connect, processing: answer - tls, transfer: end - answer };
}

async function readBody(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) if (text.length < MAX_BODY) text += String(chunk);
  return text.slice(0, MAX_BODY);
}
