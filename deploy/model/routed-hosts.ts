import type { Hosts } from '../../kit/hosts.ts';
import { hostsOf, type Topology } from './topology.ts';

/** Who serves what just now: host → routes of the load balancer that lead to it, such as `db-write`. */
export type RoutedHosts = ReadonlyMap<string, readonly string[]>;

/** Routes whose hosts are not all alike: who is behind them is of interest. */
const ROUTES: readonly string[] = ['db-write', 'db-read', 'cache'];

/** HAProxy's words for a server that gets requests; the second where an agent alone decides. */
const SERVING: readonly string[] = ['UP', 'no check'];

/** Asks the load balancers, the first that answers counts. Empty when none does. */
export async function readRoutedHosts(hosts: Hosts, topology: Topology): Promise<RoutedHosts> {
  for (const { name } of hostsOf(topology, 'lb')) {
    const command = ['sh', '-c', 'echo "show stat" | socat - /run/haproxy/admin.sock'];
    const { code, stdout } = await hosts.exec(name, command).catch(() => ({ code: 1, stdout: '' }));
    if (code === 0 && stdout !== '') return parseRoutedHosts(stdout);
  }
  return new Map();
}

/** Reads HAProxy's `show stat`: proxy, server, and in the column `status` whether it gets requests. */
export function parseRoutedHosts(csv: string): RoutedHosts {
  const [head = '', ...lines] = csv.replace(/^# /, '').split('\n');
  const statusColumn = head.split(',').indexOf('status');
  const routed = new Map<string, readonly string[]>();
  for (const line of lines) {
    const fields = line.split(',');
    const [route = '', server = ''] = fields;
    // A cache without replicas is a server of its own name; a backup that is up waits.
    if (!ROUTES.includes(route) || !SERVING.includes(fields[statusColumn] ?? '') || !/^[a-z]+\d+$/.test(server))
      continue;
    routed.set(server, [...(routed.get(server) ?? []), route]);
  }
  return routed;
}
