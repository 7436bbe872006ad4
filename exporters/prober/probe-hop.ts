import { randomBytes } from 'node:crypto';
import { addAbortListener } from 'node:events';
import type { Hop } from '../../deploy/model/hops.ts';
import { openMysqlConnection, type MysqlLogin } from '../../kit/mysql-connection.ts';
import type { Sample } from '../kit/exporter.ts';
import type { ClientSpan } from './client-span.ts';
import { PHASES, sendProbe } from './http-request.ts';
import { readCertificateEnd } from './read-certificate-end.ts';

/** Time limit of a probe. */
export interface ProbeLimit {
  readonly deadlineMs: number;
  /** Aborts at the deadline or earlier. */
  readonly signal: AbortSignal;
}

/** Time limit and credentials of a probe. */
export interface ProbeContext extends ProbeLimit {
  readonly login: MysqlLogin;
}

/** Result of one probe of a hop. */
export interface ProbeResult {
  readonly samples: readonly Sample[];
  /** Reason of the failure, with the trace ID if there is one. For the log, never for a label. */
  readonly failure?: string;
  /** Only for targets that record no spans themselves. */
  readonly span?: ClientSpan;
}

/** Probes a hop. Never throws: the probe of a hop that is down, slow or sends an invalid response fails. */
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

type TargetOf<K extends Hop['ask']['kind']> = Extract<Hop['ask'], { readonly kind: K }>;

async function probeHttp({ url }: TargetOf<'http'>, { login, signal }: ProbeContext): Promise<ProbeResult> {
  const answer = await sendProbe({ url, authority: login.authority, signal }).catch(async (error: unknown) => {
    // The expiry of a rejected certificate can explain the failure.
    const ends = url.startsWith('https:') ? await readCertificateEnd(url, signal) : undefined;
    return { failure: String(error), samples: certificateSamples(ends) };
  });
  if ('failure' in answer) return answer;
  const isComplete = answer.status === 200 && answer.body.includes('</html>');
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
    ...(isComplete
      ? {}
      : { failure: `status ${answer.status}, ${answer.body.length} characters; trace ${answer.traceId}` }),
  };
}

function certificateSamples(ends: number | undefined): readonly Sample[] {
  return ends === undefined ? [] : [{ name: 'probe_ssl_earliest_cert_expiry', value: ends }];
}

/** Probes the node behind a database route, and records a span: MySQL carries no trace context. */
async function probeRoute(route: string, target: TargetOf<'mysql'>, context: ProbeContext): Promise<ProbeResult> {
  const traceId = randomBytes(16).toString('hex');
  const startedAtMs = Date.now();
  const begin = performance.now();
  const nodeFailure = await checkNode(target, context).catch((error: unknown) => ({
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
      'server.address': target.host,
      'server.port': target.port,
    },
    ...(nodeFailure === undefined ? {} : { errorType: nodeFailure.errorType }),
  };
  return {
    samples: [],
    span,
    ...(nodeFailure === undefined ? {} : { failure: `${nodeFailure.failure}; trace ${traceId}` }),
  };
}

interface NodeFailure {
  readonly failure: string;
  /** For the span; see {@link ClientSpan}. */
  readonly errorType: string;
}

async function checkNode(
  { host, port, writable }: TargetOf<'mysql'>,
  { login, deadlineMs, signal }: ProbeContext,
): Promise<NodeFailure | undefined> {
  using connection = await openMysqlConnection({ address: host, port }, login, deadlineMs);
  signal.throwIfAborted();
  using _listener = addAbortListener(signal, () => {
    connection[Symbol.dispose]();
  });
  const [row] = await connection.query('SELECT @@GLOBAL.super_read_only AS readonly', deadlineMs);
  const isWritable = String(row?.['readonly']) === '0';
  return writable && !isWritable
    ? { failure: 'the node behind the route does not accept writes', errorType: 'read-only' }
    : undefined;
}

/** The code of an error, or its name if it has no code. */
function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
