import { addAbortListener } from 'node:events';
import type { Hop } from '../../deploy/hops.ts';
import { openMysqlConnection, type MysqlLogin } from '../../kit/mysql-connection.ts';
import type { Sample } from '../kit/exporter.ts';

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
}

/** Asks a hop. Never throws: a hop that is broken, slow or talks nonsense is one whose probe does not succeed. */
export async function probeHop({ ask }: Hop, context: ProbeContext): Promise<ProbeResult> {
  const begin = performance.now();
  const { samples, failure } = await (ask.kind === 'http' ? probeHttp(ask, context) : probeMysql(ask, context)).catch(
    (error: unknown): ProbeResult => ({ samples: [], failure: String(error) }),
  );
  const seconds = (performance.now() - begin) / 1000;
  return {
    samples: [
      { name: 'probe_success', value: Number(failure === undefined) },
      { name: 'probe_duration_seconds', value: seconds },
      ...samples,
    ],
    ...(failure === undefined ? {} : { failure }),
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

async function probeMysql(
  { host, port, writable }: Asked<'mysql'>,
  { login, deadlineMs, signal }: ProbeContext,
): Promise<ProbeResult> {
  using connection = await openMysqlConnection({ address: host, port }, login, deadlineMs);
  signal.throwIfAborted();
  using _listener = addAbortListener(signal, () => {
    connection[Symbol.dispose]();
  });
  const [row] = await connection.query('SELECT @@GLOBAL.super_read_only AS readonly', deadlineMs);
  const takesWrites = String(row?.['readonly']) === '0';
  return { samples: [], ...(writable && !takesWrites ? { failure: 'the node behind the route takes no writes' } : {}) };
}
