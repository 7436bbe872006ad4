import { request } from 'node:http';
import { messageOf } from '../../../kit/errors.ts';
import { SITE_HOST } from '../../model/site.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../model/topology.ts';

/** Result of one edge. */
export interface PurgeResult {
  readonly edge: string;
  readonly ok: boolean;
  /** Reason of the failure. */
  readonly problem?: string;
}

const DEADLINE_MS = 5_000;

/**
 * Removes a path (with its query) from the cache of every edge: all variants, fresh and stale, for all names of the site. The result includes
 * edges that do not respond. The cache is in memory, so a restarted edge has no copy.
 */
export function purge(
  topology: Topology,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly PurgeResult[]> {
  return Promise.all(
    hostsOf(topology, 'edge').map((host) =>
      purgeOne(`http://${addressOn(host, 'ops')}:${PORTS.edgePurge}${path}`, signal).then(
        (status): PurgeResult =>
          status === 200
            ? { edge: host.name, ok: true }
            : { edge: host.name, ok: false, problem: `it answered with status ${status}` },
        (error: unknown): PurgeResult => ({ edge: host.name, ok: false, problem: problemOf(error) }),
      ),
    ),
  );
}

/** Text of a failure. After a timeout it recommends a retry. */
function problemOf(error: unknown): string {
  const isLate = error instanceof Error && error.name === 'AbortError';
  return isLate
    ? `no answer within ${DEADLINE_MS / 1_000} s; repeat the command when the edge is back`
    : messageOf(error);
}

function purgeOne(url: string, signal: AbortSignal): Promise<number> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PURGE', agent: false, signal: deadline }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

/**
 * The normalised path and query of a path, or of a URL with one of the site's names, as in the cache of an edge; undefined for other text. Control
 * characters are rejected: URL parsers drop some of them, so that another page would be purged.
 */
export function parsePurgePath(text: string, siteNames: readonly string[]): string | undefined {
  const isPath = text.startsWith('/') && !text.startsWith('//');
  if ((!isPath && !/^https?:\/\/[^/]+/.test(text)) || /\p{Cc}/u.test(text)) return undefined;
  try {
    const { pathname, search, hostname } = new URL(text, `http://${SITE_HOST}`);
    return siteNames.includes(hostname) ? pathname + search : undefined;
  } catch {
    return undefined;
  }
}
