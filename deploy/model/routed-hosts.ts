import type { Hosts } from '../../kit/hosts.ts';
import { haproxyCommand } from './haproxy-command.ts';
import { hostsOf, type Topology } from './topology.ts';

/** Host → load balancer routes that currently use it, such as `db-write`. */
export type RoutedHosts = ReadonlyMap<string, readonly string[]>;

/** Routes whose hosts have different roles. */
const ROUTES: readonly string[] = ['db-write', 'db-read', 'cache'];

/** HAProxy's states of a server that gets requests; `no check`: only the agent check decides. */
const SERVING: readonly string[] = ['UP', 'no check'];

/** Queries the load balancers in order and uses the first response. Empty if none responds. */
export async function readRoutedHosts(hosts: Hosts, topology: Topology): Promise<RoutedHosts> {
  for (const { name } of hostsOf(topology, 'lb')) {
    const { code, stdout } = await hosts.exec(name, haproxyCommand('show stat')).catch(() => ({ code: 1, stdout: '' }));
    if (code === 0 && stdout !== '') return parseRoutedHosts(stdout);
  }
  return new Map();
}

/** Parses HAProxy's `show stat`: the proxy, the server, and its state in the column `status`. */
export function parseRoutedHosts(csv: string): RoutedHosts {
  const [head = '', ...lines] = csv.replace(/^# /, '').split('\n');
  const statusColumn = head.split(',').indexOf('status');
  const routed = new Map<string, readonly string[]>();
  for (const line of lines) {
    const fields = line.split(',');
    const [route = '', server = ''] = fields;
    // A primary without replicas is an additional backup server (`cache1-alone`); its name does not match and is skipped.
    if (!ROUTES.includes(route) || !SERVING.includes(fields[statusColumn] ?? '') || !/^[a-z]+\d+$/.test(server))
      continue;
    routed.set(server, [...(routed.get(server) ?? []), route]);
  }
  return routed;
}
