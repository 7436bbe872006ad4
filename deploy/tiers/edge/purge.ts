import { request } from 'node:http';
import { messageOf } from '../../../kit/errors.ts';
import { SITE_HOST } from '../../model/site.ts';
import { addressOn, hostsOf, PORTS, type Topology } from '../../model/topology.ts';

/** How one edge answered. */
export interface Purged {
  readonly edge: string;
  readonly ok: boolean;
  /** Why not. */
  readonly problem?: string;
}

const DEADLINE_MS = 5_000;

/**
 * Removes a path (with its query) from the cache of every edge: all variants, fresh and stale, under whatever name of the site they were asked for.
 * An edge that does not answer is in the result; its cache is in memory, so one that was restarted has nothing to remove.
 */
export function purge(
  topology: Topology,
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly Purged[]> {
  return Promise.all(
    hostsOf(topology, 'edge').map((host) =>
      purgeOne(`http://${addressOn(host, 'ops')}:${PORTS.edgePurge}${path}`, signal).then(
        (status): Purged =>
          status === 200
            ? { edge: host.name, ok: true }
            : { edge: host.name, ok: false, problem: `it answered with status ${status}` },
        (error: unknown): Purged => ({ edge: host.name, ok: false, problem: problemOf(error) }),
      ),
    ),
  );
}

/** A deadline says so; whether it has to be done again is for who reads it: an edge that was restarted has an empty cache. */
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
 * The path of a path, or of an address with one of the site's names, as an edge's cache knows it; undefined for anything else. Control
 * characters are refused: a URL parser drops some of them, and another page would be purged.
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
