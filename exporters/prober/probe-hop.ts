import { randomBytes } from 'node:crypto';
import { addAbortListener } from 'node:events';
import type { Hop } from '../../deploy/model/hops.ts';
import { openMysqlConnection, type MysqlLogin } from '../../kit/mysql-connection.ts';
import type { Sample } from '../kit/exporter.ts';
import type { ClientSpan } from './client-span.ts';
import { PHASES, sendProbe } from './http-request.ts';
import { readCertificateEnd } from './read-certificate-end.ts';

/** How long a probe may take. */
export interface ProbeLimit {
  readonly deadlineMs: number;
  /** Aborts at the deadline at the latest. */
  readonly signal: AbortSignal;
}

/** What a probe needs to get in. */
export interface ProbeContext extends ProbeLimit {
  readonly login: MysqlLogin;
}

/** One look at a hop. */
export interface ProbeResult {
  readonly samples: readonly Sample[];
  /** Why it failed, with the id of the trace where there is one. For the log, never for a label. */
  readonly failure?: string;
  /** Where what was asked tells of no trace itself. */
  readonly span?: ClientSpan;
}

/** Asks a hop. Never throws: a hop that is broken, slow or talks nonsense is one whose probe does not succeed. */
export async function probeHop({ name, ask }: Hop, context: ProbeContext): Promise<ProbeResult> {
  const begin = performance.now();
  const probing = ask.kind === 'http' ? probeHttp(ask, context) : probeRoute(name, ask, context);
  const { samples, failure, span } = await probing.catch((error: unknown): ProbeResult => ({
    samples: [],
    failure: String(error),
  }));
  const seconds = (performance.now() - begin) / 1000;
  return {
    samples: [
      { name: 'probe_success', value: Number(failure === undefined) },
      { name: 'probe_duration_seconds', value: seconds },
      ...samples,
    ],
    ...(failure === undefined ? {} : { failure }),
    ...(span === undefined ? {} : { span }),
  };
}

type Asked<K extends Hop['ask']['kind']> = Extract<Hop['ask'], { readonly kind: K }>;

async function probeHttp({ url }: Asked<'http'>, { login, signal }: ProbeContext): Promise<ProbeResult> {
  const answer = await sendProbe({ url, authority: login.authority, signal }).catch(async (error: unknown) => {
    // When a certificate that is not accepted ends says why.
    const ends = url.startsWith('https:') ? await readCertificateEnd(url, signal) : undefined;
    return { failure: String(error), samples: certificateSamples(ends) };
  });
  if ('failure' in answer) return answer;
  const isWhole = answer.status === 200 && answer.body.includes('</html>');
  return {
    samples: [
      { name: 'probe_http_status_code', value: answer.status },
      ...PHASES.map((phase) => ({
        name: 'probe_http_duration_seconds',
        labels: { phase },
        value: answer.phases[phase],
      })),
      ...certificateSamples(answer.certificateEnds),
    ],
    ...(isWhole
      ? {}
      : { failure: `status ${answer.status}, ${answer.body.length} characters; trace ${answer.traceId}` }),
  };
}

function certificateSamples(ends: number | undefined): readonly Sample[] {
  return ends === undefined ? [] : [{ name: 'probe_ssl_earliest_cert_expiry', value: ends }];
}

/** Asks the node behind a database route, in a trace of its own: MySQL carries none. */
async function probeRoute(route: string, asked: Asked<'mysql'>, context: ProbeContext): Promise<ProbeResult> {
  const traceId = randomBytes(16).toString('hex');
  const startedAtMs = Date.now();
  const begin = performance.now();
  const broken = await askNode(asked, context).catch((error: unknown) => ({
    failure: String(error),
    errorType: errorTypeOf(error),
  }));
  const span: ClientSpan = {
    traceId,
    name: `probe ${route}`,
    startedAtMs,
    seconds: (performance.now() - begin) / 1000,
    attributes: {
      'db.system.name': 'mysql',
      'holdfast.route': route,
      'server.address': asked.host,
      'server.port': asked.port,
    },
    ...(broken === undefined ? {} : { errorType: broken.errorType }),
  };
  return { samples: [], span, ...(broken === undefined ? {} : { failure: `${broken.failure}; trace ${traceId}` }) };
}

interface Broken {
  readonly failure: string;
  /** For the span; see {@link ClientSpan}. */
  readonly errorType: string;
}

async function askNode(
  { host, port, writable }: Asked<'mysql'>,
  { login, deadlineMs, signal }: ProbeContext,
): Promise<Broken | undefined> {
  using connection = await openMysqlConnection({ address: host, port }, login, deadlineMs);
  signal.throwIfAborted();
  using _listener = addAbortListener(signal, () => {
    connection[Symbol.dispose]();
  });
  const [row] = await connection.query('SELECT @@GLOBAL.super_read_only AS readonly', deadlineMs);
  const takesWrites = String(row?.['readonly']) === '0';
  return writable && !takesWrites
    ? { failure: 'the node behind the route takes no writes', errorType: 'read-only' }
    : undefined;
}

/** The code of an error, else its name. */
function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
