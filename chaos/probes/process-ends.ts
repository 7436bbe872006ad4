import type { StackContext } from '../../deploy/observe/observation.ts';
import type { ExecResult } from '../../kit/hosts.ts';
import { HoldfastError } from '../../kit/errors.ts';

/**
 * Number of exits of each process of a host since its boot, by service. Varnish's child, which its parent restarts, is `varnish-child`. Throws
 * `docker` when the host does not report them.
 */
export async function readProcessEnds(world: StackContext, host: string): Promise<Readonly<Record<string, number>>> {
  const services = await world.hosts.exec(host, ['sh', '-c', SERVICES]);
  const isEdge = world.topology.hosts.some(({ name, tier }) => name === host && tier === 'edge');
  // Only users of Varnish's group may read its counters.
  const child = isEdge ? await world.hosts.exec(host, CHILD, { user: 'varnish-facts' }) : undefined;
  return { ...countsOf(host, services), ...(child === undefined ? {} : { 'varnish-child': sumOf(host, child) }) };
}

const SERVICES = 'cd /run/holdfast/exits && for service in *; do echo "$service $(cat "$service")"; done';
const CHILD = [
  'varnishstat',
  '-1',
  '-t',
  '0',
  '-n',
  '/var/lib/varnish/cache',
  '-f',
  'MGT.child_died',
  '-f',
  'MGT.child_panic',
];

function countsOf(host: string, { code, stdout, stderr }: ExecResult): Readonly<Record<string, number>> {
  const counts = [...stdout.matchAll(/^(\S+) (\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)] as const);
  if (code !== 0 || counts.length === 0) throw unreadable(host, stderr);
  return Object.fromEntries(counts);
}

function sumOf(host: string, { code, stdout, stderr }: ExecResult): number {
  const counts = [...stdout.matchAll(/^MGT\.\S+ +(\d+)/gm)].map(([, count]) => Number(count));
  if (code !== 0 || counts.length !== 2) throw unreadable(host, stderr);
  return counts.reduce((sum, count) => sum + count, 0);
}

function unreadable(host: string, stderr: string): HoldfastError {
  return new HoldfastError('docker', `Could not read the process exits of ${host}: ${stderr.trim()}`);
}
